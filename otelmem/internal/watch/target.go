package watch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// Names of what net/http/pprof serves.
const (
	profileHeap      = "heap"
	profileGoroutine = "goroutine"
	commandLine      = "cmdline"
)

const (
	// maxGoroutines is from how many goroutines on they are not read: the runtime formats
	// each of their stacks, in some KiB, for a profile.
	maxGoroutines = 20_000
	// statsWithin is how long a heap profile may take for figures of the runtime to be
	// asked for beside it: where the program has no expvar, that is the heap profile
	// again, as text.
	statsWithin = 50 * time.Millisecond
)

// Options say what is asked of a target.
type Options struct {
	Access
	// GC has the target collect its garbage before each heap profile, so that what is
	// live is exact. It costs the target a collection each time.
	GC bool
	// NoGoroutines leaves the goroutines out.
	NoGoroutines bool
	// PID is the target's process, where it is on this machine; 0 for the one that
	// listens at the address, if it can be found.
	PID int
}

// Target is a running program whose profiles are served. It is not safe for concurrent
// use.
type Target struct {
	Address
	options Options
	client  *http.Client
	base    string // where the profiles are; "" until they were found
	command []string
	process local
}

// NewTarget makes a target. It asks for nothing yet.
func NewTarget(a Address, o Options) (*Target, error) {
	client, err := o.client(a)
	if err != nil {
		return nil, err
	}
	t := &Target{Address: a, options: o, client: client}
	if o.PID != 0 {
		if err := t.process.open(o.PID); err != nil {
			return nil, fmt.Errorf("--pid %d: %w", o.PID, err)
		}
	}
	return t, nil
}

// Close ends it.
func (t *Target) Close() {
	t.client.CloseIdleConnections()
	t.process.close()
}

// Profiles are what was fetched or found on disk at one time.
type Profiles struct {
	Time time.Time
	// Took is how long the target took to answer, all in all.
	Took time.Duration
	// Err is why there is no heap profile. Then nothing else is here.
	Err        error
	Heap       []byte
	Goroutines []byte // nil where they were not read
	// NotRead is why the goroutines were not read; "" where they were, or were not to be.
	NotRead string
	Memory  memstat.Snapshot // what is known of it
	Limit   memstat.Limit
	// Service is the name of the program's file; "" where it is not known.
	Service string
	PID     int // 0 where it is not known
}

// Read fetches a reading. What it could not have is in its result.
func (t *Target) Read(ctx context.Context) (p Profiles) {
	if len(t.command) == 0 && t.base != "" {
		t.readCommand(ctx, &p)
	}
	p.Err = t.readProfiles(ctx, &p)
	p.Time = time.Now()
	if p.Err != nil {
		t.command = nil // another program may answer next
		return p
	}
	if len(t.command) == 0 {
		t.readCommand(ctx, &p)
	}
	if len(t.command) > 0 {
		p.Service = filepath.Base(strings.ReplaceAll(t.command[0], `\`, "/"))
	}
	t.readMemory(ctx, &p)
	p.Memory.Time = p.Time
	return p
}

func (t *Target) get(ctx context.Context, p *Profiles, name, query string) ([]byte, error) {
	a, err := get(ctx, t.client, t.options.Header, t.request(t.base, name, query))
	p.Took += a.took
	return a.body, err
}

func (t *Target) readProfiles(ctx context.Context, p *Profiles) error {
	if t.base != "" {
		return t.readAt(ctx, p)
	}
	var first error
	for _, base := range t.bases() {
		t.base = base
		err := t.readAt(ctx, p)
		if err == nil {
			return nil
		}
		t.base = ""
		if first == nil {
			first = err
		}
		var status *statusError
		if errors.As(err, &status) && status.code != http.StatusNotFound || ctx.Err() != nil {
			return err
		}
	}
	return first
}

// readAt reads the profiles below t.base. The goroutines are first, since their stacks
// show where the program's main function stands.
func (t *Target) readAt(ctx context.Context, p *Profiles) error {
	p.Goroutines, p.NotRead = nil, ""
	if !t.options.NoGoroutines {
		t.readGoroutines(ctx, p)
	}
	query := ""
	if t.options.GC {
		query = "gc=1"
	}
	body, err := t.get(ctx, p, profileHeap, query)
	if err == nil {
		err = profileError(body)
	}
	p.Heap = body
	return err
}

// readGoroutines reads the goroutines where there are not too many.
func (t *Target) readGoroutines(ctx context.Context, p *Profiles) {
	if page, err := t.get(ctx, p, "", ""); err == nil {
		p.Memory.Goroutines = int64(counts(page)[profileGoroutine])
	}
	if n := p.Memory.Goroutines; n > maxGoroutines {
		p.NotRead = fmt.Sprintf("not read: %d goroutines would take the program some %s", n, textfmt.Size(n*4<<10))
		return
	}
	body, err := t.get(ctx, p, profileGoroutine, "")
	if err == nil {
		err = profileError(body)
	}
	if err != nil {
		p.NotRead = "not read: " + err.Error()
		return
	}
	p.Goroutines = body
}

func (t *Target) readCommand(ctx context.Context, p *Profiles) {
	body, err := t.get(ctx, p, commandLine, "")
	if err != nil || len(body) > 64<<10 || strings.HasPrefix(string(body), "<") {
		return
	}
	t.command = strings.Split(strings.TrimRight(string(body), "\x00"), "\x00")
}

// readMemory reads the resident set where the process is here, and what of it is Go's
// where that costs little.
func (t *Target) readMemory(ctx context.Context, p *Profiles) {
	if t.options.PID == 0 && t.process.pid == 0 && t.isHere() {
		if pid := listener(t.Address, t.command); pid != 0 {
			_ = t.process.open(pid)
		}
	}
	if t.process.pid == 0 {
		return
	}
	rss, shared, err := t.process.read()
	if err != nil {
		t.process.close()
		return
	}
	p.PID, p.Limit = t.process.pid, t.process.limit
	p.Memory.RSS, p.Memory.FileBacked, p.Memory.ProcessTime = rss, shared, p.Time
	if stats := t.readStats(ctx, p); stats.known() {
		p.Memory.GoResident, p.Memory.HeapObjects, p.Memory.Stacks = stats.resident(), stats.HeapAlloc, stats.StackInuse
		p.Memory.External = memstat.External(rss, shared, stats.resident())
	}
}

// readStats reads the runtime's figures from expvar, or at the end of the heap profile
// as text.
func (t *Target) readStats(ctx context.Context, p *Profiles) (stats runtimeStats) {
	if parent, ok := strings.CutSuffix(t.base, "pprof/"); ok && !t.process.noVars {
		a, err := get(ctx, t.client, t.options.Header, t.request(parent, "vars", ""))
		p.Took += a.took
		if err == nil {
			stats = statsOfVars(a.body)
		}
		t.process.noVars = !stats.known()
	}
	if stats.known() || p.Took > statsWithin {
		return stats
	}
	if body, err := t.get(ctx, p, profileHeap, "debug=1"); err == nil {
		stats = statsOfText(body)
	}
	return stats
}
