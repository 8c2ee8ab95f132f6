package dump

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// maxMarker is how much of a marker is read, in bytes.
const maxMarker = 64 << 10

// takeUncleanExits returns the markers of processes of this host that have ended,
// the oldest first, and removes them. If several processes start at once, only one
// of them gets each marker.
func takeUncleanExits(dir, host string) ([]exitState, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return nil, fmt.Errorf("look for unclean exits: %w", err)
	}
	var states []exitState
	var errs []error
	for _, f := range files {
		if !f.Type().IsRegular() || !strings.HasPrefix(f.Name(), markerPrefix+safeName(host)+"-") {
			continue
		}
		state, ok, err := takeMarker(filepath.Join(dir, f.Name()), host)
		if err != nil {
			errs = append(errs, fmt.Errorf("read the marker of an unclean exit: %w", err))
		}
		if ok {
			states = append(states, state)
		}
	}
	slices.SortFunc(states, func(a, b exitState) int { return a.Time.Compare(b.Time) })
	return states, errors.Join(errs...)
}

// takeMarker reads a marker and removes it; ok is false if its process may still
// run, or another process takes it.
func takeMarker(path, host string) (state exitState, ok bool, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return state, false, nil // another process took it
	}
	if err != nil {
		return state, false, err
	}
	defer file.Close()
	free, lockErr := lock(file)
	if lockErr == nil && !free {
		return state, false, nil // its process runs, or another process takes it
	}
	if json.NewDecoder(io.LimitReader(file, maxMarker)).Decode(&state) != nil {
		// A disk that is full, or a power failure.
		if state, ok = stateOfName(filepath.Base(path), host); !ok {
			return state, false, nil
		}
		if info, err := file.Stat(); err == nil {
			state.Time = info.ModTime().UTC()
		}
	}
	if state.Tool != metadataTool || state.Host != host {
		return state, false, nil
	}
	if byLock := lockErr == nil && state.Locked; !byLock && !hasEnded(state) {
		return state, false, nil
	}
	if !isAt(file, path) {
		return state, false, nil // another process took it before we locked it
	}
	if lockErr != nil {
		_ = file.Close() // some systems without locks cannot remove an open file
	}
	if err := os.Remove(path); err != nil {
		return state, false, err
	}
	return state, true, nil
}

// hasEnded says by its id whether a process of this host has ended. An earlier
// process can have had our id.
func hasEnded(state exitState) bool {
	if state.Process == os.Getpid() {
		return !state.Started.Equal(processStarted)
	}
	return !isRunning(state.Process)
}

// isAt says whether the open file is still the one at path.
func isAt(file *os.File, path string) bool {
	opened, err := file.Stat()
	if err != nil {
		return false
	}
	current, err := os.Lstat(path)
	return err == nil && os.SameFile(opened, current)
}

// uncleanExitText says what is known of the end of a process. now is what the kernel
// says of memory since: a cgroup that was made anew with the process, as that of most
// containers, says nothing about the one before.
func uncleanExitText(s exitState, now memstat.Evidence) string {
	if s.nameOnly {
		return fmt.Sprintf("process %d, started %s, ended without Shutdown after memory had crossed a threshold (%s); the disk had no room for more about it",
			s.Process, s.Started.Format(time.RFC3339), s.Time.Format(time.RFC3339))
	}
	var text strings.Builder
	fmt.Fprintf(&text, "process %d ended without Shutdown while it used %s", s.Process, textfmt.Size(s.Usage))
	if s.Limit > 0 {
		text.WriteString(" of " + textfmt.Size(s.Limit))
	}
	text.WriteString(" (" + s.Time.Format(time.RFC3339) + ")")
	kills := now.KillsSince(s.OOMKills)
	for _, dir := range slices.Sorted(maps.Keys(kills)) {
		fmt.Fprintf(&text, "; since then the kernel has killed for memory in %s: oom_kill went from %d to %d", dir, s.OOMKills[dir], s.OOMKills[dir]+kills[dir])
	}
	if s.SomeStalled > 0 {
		fmt.Fprintf(&text, "; tasks had waited for memory %.0f %% of the last ten seconds, all of them %.0f %%", s.SomeStalled, s.FullStalled)
	}
	if s.LastDump.Path != "" {
		text.WriteString("; its last heap profile is " + s.LastDump.Path)
	}
	return text.String()
}
