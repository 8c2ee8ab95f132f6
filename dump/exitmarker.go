package dump

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// processStarted distinguishes this process from others that have or had its id.
var processStarted = time.Now().UTC().Round(0)

// exitState is the content of an unclean-exit marker: how a process was doing when
// it last crossed a threshold.
type exitState struct {
	Tool     string    `json:"tool"`
	Process  int       `json:"pid"`
	Started  time.Time `json:"started,omitzero"`
	Host     string    `json:"host"`
	Time     time.Time `json:"time"`
	Usage    int64     `json:"usage"` // bytes
	Limit    int64     `json:"limit"` // bytes; 0 for none
	LastDump File      `json:"lastDump"`
	// Locked says that the process keeps the file locked for as long as it runs.
	Locked bool `json:"locked"`
}

// exitMarker is the unclean-exit marker of this process: a small file that is in
// the folder from the first crossing of an episode until the episode ends, or until
// Shutdown. If a new process finds one, its process ended in between: killed, most
// likely for its memory. It is not synced to the disk, since a kill loses nothing of
// what the system has cached. The zero value has no file. It is not safe for
// concurrent use.
type exitMarker struct {
	path string
	file *os.File // kept open for its lock; nil where files cannot be locked
}

// write writes state to the marker, and creates it if there is none.
func (m *exitMarker) write(dir string, state exitState) error {
	if m.path == "" {
		if err := m.create(dir, state.Host); err != nil {
			return fmt.Errorf("create the unclean-exit marker: %w", err)
		}
	}
	state.Locked = m.file != nil
	text, err := json.Marshal(state)
	switch {
	case err != nil:
	case m.file == nil:
		err = os.WriteFile(m.path, text, 0o600)
	default:
		// In place, since a rename would lose the lock. If the process is killed before
		// Truncate, the end of a longer text remains; a reader takes only the first JSON
		// value.
		if _, err = m.file.WriteAt(append(text, '\n'), 0); err == nil {
			err = m.file.Truncate(int64(len(text)) + 1)
		}
	}
	if err != nil {
		return fmt.Errorf("write the unclean-exit marker: %w", err)
	}
	return nil
}

func (m *exitMarker) create(dir, host string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	pattern := fmt.Sprintf("%s%s-%d-%d-*%s", markerPrefix, safeName(host), os.Getpid(), processStarted.UnixMilli(), metadataSuffix)
	file, err := os.CreateTemp(dir, pattern) // mode 0600
	if err != nil {
		return err
	}
	m.path = file.Name()
	if locked, err := lock(file); locked && err == nil {
		m.file = file
		return nil
	}
	return file.Close()
}

// remove removes the marker, if there is one.
func (m *exitMarker) remove() error {
	if m.path == "" {
		return nil
	}
	// The file is removed before it is unlocked: unlocked, it would look like that of
	// a process that ended.
	err := os.Remove(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if m.file != nil {
		err = errors.Join(err, m.file.Close())
	}
	*m = exitMarker{}
	if err != nil {
		return fmt.Errorf("remove the unclean-exit marker: %w", err)
	}
	return nil
}
