package watch

import (
	"fmt"
	"hash/maphash"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/goroutines"
	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/otelmem/internal/attribution"
	"github.com/otelmem/otelmem-go/otelmem/internal/process"
)

// Program is a program that is watched: what was seen of it so far, and what the judge
// makes of it. It is safe for concurrent use.
type Program struct {
	prefixes []string

	mu       sync.Mutex
	service  string // as given; "" for the name of its file
	file     string
	instance string
	pid      int
	life
	// readings counts those that were taken in, failures those in a row that failed.
	readings, failures int
	problem            error // of the last reading
	restarts           int
	history            *process.History
}

// life is what is known of one life of a program, between two restarts.
type life struct {
	outside  *appframe.Outside
	heap     *attribution.Tracker
	forecast *process.Forecast
	beyond   *process.Outside // memory outside Go
	began    time.Time        // of the first reading; zero before it
	baseline memstat.Snapshot
	last     memstat.Snapshot
	limit    memstat.Limit
	cycles   int64  // states of the heap profile that were seen
	state    uint64 // of the last one
	seen     *heapprofile.Profile
	learned  int // what outside knew then
}

// NewProgram returns a program of which nothing is known. instance tells it from others,
// service names it; "" for the name of its file. prefixes are import paths of the
// application's packages, as of [appframe.NewOutside].
func NewProgram(instance, service string, prefixes []string) *Program {
	p := &Program{prefixes: prefixes, service: service, instance: instance, history: new(process.History)}
	p.life = p.newLife()
	return p
}

func (p *Program) newLife() life {
	return life{
		outside: appframe.NewOutside(p.prefixes...), heap: new(attribution.Tracker),
		forecast: new(process.Forecast), beyond: new(process.Outside),
	}
}

// Taken is what a reading changed.
type Taken struct {
	attribution.Changes
	// Err is why it was no reading; Restarted says that the program was restarted before
	// it: then nothing that was said of it holds any more.
	Err       error
	Restarted bool
	First     bool // of this life
}

// Take takes a reading in.
func (p *Program) Take(r *Profiles) (taken Taken) {
	p.mu.Lock()
	defer p.mu.Unlock()
	heap, running, err := p.parse(r)
	if err != nil {
		p.failures++
		p.problem = err
		return Taken{Err: err}
	}
	if p.isRestart(heap, r.PID) {
		p.restarts++
		p.life, taken.Restarted = p.newLife(), true
		if heap, running, err = p.parse(r); err != nil {
			p.problem = err
			return Taken{Err: err}
		}
	}
	p.readings++
	p.failures, p.problem, p.pid = 0, nil, r.PID
	if r.Service != "" {
		p.file = r.Service
	}
	now := p.snapshot(heap, &running, r)
	if taken.First = p.began.IsZero(); taken.First {
		p.began, p.baseline = now.Time, now
	}
	p.last, p.limit = now, r.Limit
	p.history.Add(now)
	if now.RSS > 0 {
		p.forecast.Add(now)
	}
	if now.GoResident > 0 {
		p.beyond.Add(now)
	}
	p.seen, p.learned = heap, p.outside.Learned()
	taken.Changes = p.heap.Add(attribution.Reading{Heap: heap, Goroutines: running}, now, noCategory)
	return taken
}

// noCategory says that operations are known by their labels alone.
func noCategory(string) (category string, ok bool) { return "", false }

// parse reads the profiles, the goroutines first: their stacks show where main stands.
func (p *Program) parse(r *Profiles) (heap *heapprofile.Profile, running goroutines.Reading, err error) {
	if r.Err != nil {
		return nil, running, r.Err
	}
	if r.Goroutines != nil {
		if running, err = goroutines.Parse(r.Goroutines, p.outside); err != nil {
			running = goroutines.Reading{NotRead: "not read: " + err.Error()}
		}
	} else {
		running.NotRead = r.NotRead
	}
	began := time.Now()
	if r.Heap == nil {
		return new(heapprofile.Profile), running, nil
	}
	if heap, err = heapprofile.Parse(r.Heap, p.outside); err != nil {
		return nil, running, err
	}
	heap.Time, heap.Took = r.Time, r.Took+time.Since(began)
	return heap, running, nil
}

// snapshot is the process's memory as far as it is known.
func (p *Program) snapshot(heap *heapprofile.Profile, running *goroutines.Reading, r *Profiles) memstat.Snapshot {
	total := heap.Total()
	// Between two collections the profile stands still, and so does what was allocated
	// by it. Then it says nothing new.
	if state := maphash.Comparable(seed, [2]float64{total.Live, total.Allocated}); p.cycles == 0 || state != p.state || r.Heap == nil {
		p.cycles++
		p.state = state
	}
	now := r.Memory
	now.Time, now.GCCycles = r.Time, p.cycles
	now.Live, now.Allocated = int64(total.Live), int64(total.Allocated)
	now.HeapObjects = max(now.HeapObjects, now.Live)
	if now.Goroutines == 0 {
		for _, g := range running.Groups {
			now.Goroutines += int64(g.Count)
		}
	}
	if now.GoResident == 0 {
		now.External = p.last.External // as it was, for the chart
	}
	return now
}

var seed = maphash.MakeSeed()

const (
	// restartBelow is the part of what was allocated before that a later profile of the
	// same process has at least: what was allocated never becomes less.
	restartBelow = 0.95
	// restartFrom is what must have been allocated for that to be seen, in bytes.
	restartFrom = 1 << 20
)

// isRestart says whether the profile is of another process than the one before.
func (p *Program) isRestart(heap *heapprofile.Profile, pid int) bool {
	if p.seen == nil {
		return false
	}
	if pid != 0 && p.pid != 0 && pid != p.pid {
		return true
	}
	before, now := p.seen.Total().Allocated, heap.Total().Allocated
	if before < restartFrom {
		return false
	}
	if p.learned == p.outside.Learned() {
		now = 0
		for function, usage := range p.seen.Code {
			if still := heap.Code[function]; still != nil {
				now += min(usage.Allocated, still.Allocated)
			}
		}
		before = 0
		for _, usage := range p.seen.Code {
			before += usage.Allocated
		}
	}
	return now < restartBelow*before
}

// Name is the program's name: the service, if it was given, the name of its file, or
// its address.
func (p *Program) Name() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.name()
}

func (p *Program) name() string {
	switch {
	case p.service != "":
		return p.service
	case p.file != "":
		return p.file
	}
	return p.instance
}

// Instance tells it from others: the address of its profiles.
func (p *Program) Instance() string { return p.instance }

// Failures is how many readings failed in a row.
func (p *Program) Failures() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failures
}

// Readings is how many readings were taken in, and when the last was.
func (p *Program) Readings() (n int, last time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.readings, p.last.Time
}

// String is for people.
func (p *Program) String() string {
	if name := p.Name(); name != p.instance {
		return fmt.Sprintf("%s (%s)", name, p.instance)
	}
	return p.instance
}

// lives is how many lives of it were seen, this one included.
func (p *Program) lives() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.restarts + 1
}

// memory is its memory as of the last reading.
func (p *Program) memory() memstat.Snapshot {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}

// memoryLimit is its memory limit as far as it is known.
func (p *Program) memoryLimit() memstat.Limit {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.limit
}
