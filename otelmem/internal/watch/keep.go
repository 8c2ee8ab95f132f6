package watch

import (
	"errors"
	"sync"

	"github.com/otelmem/otelmem-go/dump"
)

// Keeper keeps the profiles of a program that matter: the first, each that changed whom
// is suspected, and the last. It is safe for concurrent use.
type Keeper struct {
	dir string

	mu   sync.Mutex
	last *Profiles
	kept bool // that last was kept
}

// NewKeeper keeps profiles in a folder, beside those that are there.
func NewKeeper(dir string) *Keeper { return &Keeper{dir: dir} }

// Take takes in a reading that the program has taken, and says what was written.
func (k *Keeper) Take(p *Program, r *Profiles, t *Taken) (*dump.File, error) {
	if t.Err != nil || r.Heap == nil {
		return nil, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	why := ""
	switch {
	case len(t.Began) > 0 || len(t.Goroutines) > 0:
		why = "suspected"
	case len(t.Ended) > 0:
		why = "ended"
	case t.First:
		why = "first"
	}
	k.last, k.kept = r, why != ""
	if why == "" {
		return nil, nil
	}
	return k.write(p, r, why)
}

// Keep keeps the last profile for a reason of a person's.
func (k *Keeper) Keep(p *Program, why string) (dump.File, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.last == nil {
		return dump.File{}, errors.New("keep a heap profile: none was read yet")
	}
	file, err := k.write(p, k.last, why)
	if err != nil {
		return dump.File{}, err
	}
	return *file, nil
}

// Close keeps the last profile. It says what was written, if anything was.
func (k *Keeper) Close(p *Program) (*dump.File, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.last == nil || k.kept {
		return nil, nil
	}
	k.kept = true
	return k.write(p, k.last, "last")
}

func (k *Keeper) write(p *Program, r *Profiles, why string) (*dump.File, error) {
	name, life := p.Name(), p.lives()
	file, err := dump.Keep(k.dir, r.Heap, name+" "+why, dump.Metadata{
		Time: r.Time, Memory: dump.Memory(p.memory()), Limit: r.Limit.Bytes, LimitSource: r.Limit.Source,
		Build: dump.Build{Main: name}, Host: p.Instance(),
		// Profiles of two lives are not compared: what was allocated in one is none of the other's.
		Process: max(r.PID, life),
	})
	if err != nil {
		return nil, err
	}
	return &file, nil
}

// IsOf says whether a profile on disk is of this program.
func (p *Program) IsOf(e *dump.Entry) bool { return e.Metadata.Host == p.instance }

// Wrote says whether a profile on disk is of this program, and of its present life.
func (p *Program) Wrote(e *dump.Entry) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return e.Metadata.Host == p.instance && e.Metadata.Process == max(p.pid, p.restarts+1)
}
