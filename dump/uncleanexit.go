package dump

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

// takeUnclean returns the states that processes of this host have left that are
// gone, the oldest first, and removes them. Of several processes that start at
// once, one gets a state.
func takeUnclean(dir, host string) ([]exitState, error) {
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
		if !f.Type().IsRegular() || !strings.HasPrefix(f.Name(), statePrefix+slug(host)+"-") {
			continue
		}
		state, ok, err := takeState(filepath.Join(dir, f.Name()), host)
		if err != nil {
			errs = append(errs, fmt.Errorf("take what an unclean exit left: %w", err))
		}
		if ok {
			states = append(states, state)
		}
	}
	slices.SortFunc(states, func(a, b exitState) int { return a.Time.Compare(b.Time) })
	return states, errors.Join(errs...)
}

func takeState(path, host string) (state exitState, ok bool, err error) {
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
		return state, false, nil // its owner runs, or another process takes it
	}
	if json.NewDecoder(file).Decode(&state) != nil || state.Tool != sideTool || state.Host != host {
		return state, false, nil
	}
	if byLock := lockErr == nil && state.Locked; !byLock && !gone(state) {
		return state, false, nil
	}
	if !still(file, path) {
		return state, false, nil // another process took it before our lock
	}
	if lockErr != nil {
		_ = file.Close() // some systems without locks do not remove what is open
	}
	if err := os.Remove(path); err != nil {
		return state, false, err
	}
	return state, true, nil
}

// gone says by its id whether a process of this host has ended. One that had ours
// did, unless it is us.
func gone(state exitState) bool {
	if state.Process == os.Getpid() {
		return !state.Began.Equal(processBegan)
	}
	return !alive(state.Process)
}

// still says whether path still leads to file.
func still(file *os.File, path string) bool {
	was, err := file.Stat()
	if err != nil {
		return false
	}
	is, err := os.Lstat(path)
	return err == nil && os.SameFile(was, is)
}

func uncleanText(s exitState) string {
	text := fmt.Sprintf("process %d ended without Shutdown while it used %s", s.Process, memstat.FormatMB(s.Usage))
	if s.Limit > 0 {
		text += " of " + memstat.FormatMB(s.Limit)
	}
	text += " (" + s.Time.Format(time.RFC3339) + ")"
	if s.LastDump.Path != "" {
		text += "; its last heap profile is " + s.LastDump.Path
	}
	return text
}
