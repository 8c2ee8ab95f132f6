package dump

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// exitState is a small file that lies in the folder from the first crossing of
// an episode until its end, or until Shutdown. One that a new process finds says
// that an earlier one ended in between: killed, most likely for its memory.
type exitState struct {
	Tool     string    `json:"tool"`
	Process  int       `json:"pid"`
	Host     string    `json:"host"`
	Time     time.Time `json:"time"`
	Usage    int64     `json:"usage"`
	Limit    int64     `json:"limit"`
	LastDump File      `json:"lastDump"`
}

// statePath is this process's file. The host is in it, since containers share
// both folders and process ids.
func statePath(dir, host string, pid int) string {
	return filepath.Join(dir, fmt.Sprintf("%s%s-%d%s", statePrefix, slug(host), pid, sideSuffix))
}

func (s *exitState) save(dir string) error {
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("note that memory is high: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("note that memory is high: %w", err)
	}
	if err := os.WriteFile(statePath(dir, s.Host, s.Process), text, 0o600); err != nil {
		return fmt.Errorf("note that memory is high: %w", err)
	}
	return nil
}

func removeState(dir, host string, pid int) error {
	if err := os.Remove(statePath(dir, host, pid)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("note that memory is low again: %w", err)
	}
	return nil
}

// takeUnclean returns what processes of this host left that are gone, and
// removes it. This process has written nothing yet: a file with its id is of an
// earlier one, as in a container that started anew.
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
		path := filepath.Join(dir, f.Name())
		text, err := os.ReadFile(path)
		var state exitState
		if err != nil || json.Unmarshal(text, &state) != nil || state.Tool != sideTool || state.Host != host {
			continue
		}
		if state.Process != os.Getpid() && alive(state.Process) {
			continue
		}
		if err := os.Remove(path); err != nil {
			errs = append(errs, fmt.Errorf("remove what an unclean exit left: %w", err))
			continue
		}
		states = append(states, state)
	}
	return states, errors.Join(errs...)
}
