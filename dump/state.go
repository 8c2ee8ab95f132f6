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
)

// processBegan tells this process from others that have or had its id.
var processBegan = time.Now().UTC().Round(0)

// exitState says how a process fared when it was last seen near its limit.
type exitState struct {
	Tool     string    `json:"tool"`
	Process  int       `json:"pid"`
	Began    time.Time `json:"began,omitzero"`
	Host     string    `json:"host"`
	Time     time.Time `json:"time"`
	Usage    int64     `json:"usage"`
	Limit    int64     `json:"limit"`
	LastDump File      `json:"lastDump"`
	// Locked says that the process holds the file's lock for as long as it runs.
	Locked bool `json:"locked"`
}

// exitNote is a small file that lies in the folder from the first crossing of an
// episode until its end, or until Shutdown. One that a new process finds says
// that an earlier one ended in between: killed, most likely for its memory. It is
// not synced: a kill takes nothing from the system's cache. The zero value has no
// file. It is not safe for concurrent use.
type exitNote struct {
	path string
	file *os.File // kept open for its lock; nil where there are no locks
}

// write puts state into the note, which it makes at first.
func (n *exitNote) write(dir string, state exitState) error {
	if n.path == "" {
		if err := n.create(dir, state.Host); err != nil {
			return fmt.Errorf("note that memory is high: %w", err)
		}
	}
	state.Locked = n.file != nil
	text, err := json.Marshal(state)
	switch {
	case err != nil:
	case n.file == nil:
		err = os.WriteFile(n.path, text, 0o600)
	default:
		// In place, since a rename would lose the lock. What a shorter text leaves
		// of a longer one, JSON's first value does not reach.
		if _, err = n.file.WriteAt(append(text, '\n'), 0); err == nil {
			err = n.file.Truncate(int64(len(text)) + 1)
		}
	}
	if err != nil {
		return fmt.Errorf("note that memory is high: %w", err)
	}
	return nil
}

func (n *exitNote) create(dir, host string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	pattern := fmt.Sprintf("%s%s-%d-%d-*%s", statePrefix, slug(host), os.Getpid(), processBegan.UnixMilli(), sideSuffix)
	file, err := os.CreateTemp(dir, pattern) // mode 0600
	if err != nil {
		return err
	}
	n.path = file.Name()
	if held, err := lock(file); held && err == nil {
		n.file = file
		return nil
	}
	return file.Close()
}

// remove takes the note back, if there is one.
func (n *exitNote) remove() error {
	if n.path == "" {
		return nil
	}
	// The file goes first and its lock then: in between it would look abandoned.
	err := os.Remove(n.path)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if n.file != nil {
		err = errors.Join(err, n.file.Close())
	}
	*n = exitNote{}
	if err != nil {
		return fmt.Errorf("note that memory is low again: %w", err)
	}
	return nil
}

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
