package dump

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
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
	// OOMKills, SomeStalled and FullStalled are what the kernel said of memory then:
	// see memstat.Evidence.
	OOMKills    map[string]int64 `json:"oomKills,omitempty"`
	SomeStalled float64          `json:"someStalledPercent,omitempty"`
	FullStalled float64          `json:"fullStalledPercent,omitempty"`
	// Locked says that the process keeps the file locked for as long as it runs.
	Locked bool `json:"locked"`

	nameOnly bool // the file was empty or broken: only its name is known
}

// exitMarker is the unclean-exit marker of this process: a small file that is in
// the folder from the first crossing of an episode until the episode ends, or until
// Shutdown. If a new process finds one, its process ended in between: killed, most
// likely for its memory. It is not synced to the disk, since a kill loses nothing of
// what the system has cached. The zero value has no file. It is safe for concurrent
// use.
type exitMarker struct {
	mu     sync.Mutex
	path   string
	file   *os.File // kept open for its lock; nil where files cannot be locked
	closed bool     // by Shutdown: it is not written again
}

// write writes state to the marker, and creates it if there is none.
func (m *exitMarker) write(dir string, state exitState) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil
	}
	var err error
	if m.path == "" {
		err = m.create(dir, state)
	} else {
		err = m.put(state)
	}
	if err != nil {
		return fmt.Errorf("write the unclean-exit marker: %w", err)
	}
	return nil
}

// create makes the marker. It gets its name after it was locked and written, so that
// a marker that is not locked is of a process that ended. On a full disk it stays
// empty: its name says of which process it is.
func (m *exitMarker) create(dir string, state exitState) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, fmt.Sprintf("%s%d-*", tempPrefix, os.Getpid())) // mode 0600
	if err != nil {
		return err
	}
	temp := file.Name()
	m.path = temp
	locked, lockErr := lock(file)
	if locked && lockErr == nil {
		m.file = file
	} else if err := file.Close(); err != nil {
		m.path = ""
		return errors.Join(err, os.Remove(temp))
	}
	written := m.put(state)
	_, unique, _ := strings.Cut(filepath.Base(temp)[len(tempPrefix):], "-")
	m.path = filepath.Join(dir, markerName(state.Host, unique))
	if err := os.Rename(temp, m.path); err != nil {
		if m.file != nil {
			_ = m.file.Close()
		}
		m.path, m.file = "", nil
		return errors.Join(written, err, os.Remove(temp))
	}
	return written
}

// put writes state to the file. It needs the lock.
func (m *exitMarker) put(state exitState) error {
	state.Locked = m.file != nil
	text, err := json.Marshal(state)
	if err != nil {
		return err
	}
	if m.file == nil {
		return os.WriteFile(m.path, text, 0o600)
	}
	// In place, since a rename would lose the lock. If the process is killed before
	// Truncate, the end of a longer text remains; a reader takes only the first JSON
	// value.
	if _, err = m.file.WriteAt(append(text, '\n'), 0); err == nil {
		err = m.file.Truncate(int64(len(text)) + 1)
	}
	return err
}

// remove removes the marker, if there is one.
func (m *exitMarker) remove() error {
	m.mu.Lock()
	defer m.mu.Unlock()
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
	m.path, m.file = "", nil
	if err != nil {
		return fmt.Errorf("remove the unclean-exit marker: %w", err)
	}
	return nil
}

// close removes the marker, and makes no other.
func (m *exitMarker) close() error {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	return m.remove()
}

// markerName is the name of a marker of this process.
func markerName(host, unique string) string {
	return fmt.Sprintf("%s%s-%d-%d-%s%s", markerPrefix, safeName(host), os.Getpid(), processStarted.UnixMilli(), unique, metadataSuffix)
}

// stateOfName is what the name of a marker of this host says, for one whose content
// could not be written.
func stateOfName(name, host string) (state exitState, ok bool) {
	rest, ok := strings.CutPrefix(name, markerPrefix+safeName(host)+"-")
	fields := strings.SplitN(rest, "-", 3)
	if !ok || len(fields) < 3 {
		return state, false
	}
	pid, pidErr := strconv.Atoi(fields[0])
	started, startedErr := strconv.ParseInt(fields[1], 10, 64)
	if pidErr != nil || startedErr != nil || pid <= 0 {
		return state, false
	}
	return exitState{Tool: metadataTool, Process: pid, Started: time.UnixMilli(started).UTC(), Host: host, Locked: true, nameOnly: true}, true
}
