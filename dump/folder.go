package dump

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

const (
	// maxFolderTrial is how long Start waits for the folder to be tried.
	maxFolderTrial = time.Second
	// retryFolder is how long the watcher waits before it tries a folder again that
	// could not be written.
	retryFolder = 30 * time.Second
)

var errFolderSilent = errors.New("the folder of heap profiles does not answer")

// folderState is whether the folder could be written when it was last tried. The zero
// value says that it could.
type folderState struct {
	mu     sync.Mutex
	failed bool
	tried  time.Time
}

// noteFolder notes that the folder could be written, or why not, and reports a
// change.
func (d *Dumper) noteFolder(err error) {
	s := &d.folder
	s.mu.Lock()
	changed := s.failed != (err != nil)
	s.failed, s.tried = err != nil, time.Now()
	s.mu.Unlock()
	switch {
	case !changed:
	case err != nil:
		d.notify(Event{Kind: Unwritable, Err: err, Text: "heap profiles cannot be written: " + err.Error()})
	default:
		d.notify(Event{Kind: Writable, Text: "heap profiles can be written again to " + d.dir})
	}
}

// noteDump notes how writing a profile went. The event of the dump reports it.
func (d *Dumper) noteDump(err error) {
	d.folder.mu.Lock()
	defer d.folder.mu.Unlock()
	d.folder.failed, d.folder.tried = err != nil, time.Now()
}

// retryDue says whether it is time to try again.
func (d *Dumper) retryDue() bool {
	d.folder.mu.Lock()
	defer d.folder.mu.Unlock()
	return d.folder.failed && time.Since(d.folder.tried) >= retryFolder
}

// tryFolder says why a profile could not be written to the folder now. It leaves
// nothing but the folder.
func (d *Dumper) tryFolder() error {
	if err := d.store.makeReady(profileStacks()); err != nil {
		return err
	}
	temp, err := createTemp(d.dir)
	if err != nil {
		return fmt.Errorf("create a file in the folder of heap profiles: %w", err)
	}
	_, err = temp.WriteString("whether this folder can be written\n")
	return errors.Join(err, temp.Close(), os.Remove(temp.Name()))
}

// makeReady makes the folder, and says what prevents a profile of so many stacks from
// being written there.
func (s *store) makeReady(stacks int64) error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("create the folder of heap profiles: %w", err)
	}
	free, known := freeDisk(s.dir)
	if why := diskShortage(free, known, stacks); why != "" {
		return fmt.Errorf("write a heap profile to %s: %w: %s", s.dir, errNoHeadroom, why)
	}
	return nil
}
