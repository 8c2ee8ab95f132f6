package dump

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
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
