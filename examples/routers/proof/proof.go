// Package proof asks a report which operation holds what, for the tests of these
// examples.
package proof

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// Size is how many bytes [Keep] keeps.
const Size = 8 << 20

// slack is how much more than Size an operation may hold, in bytes: a request's
// own small things are its operation's too. And how much more others may: a
// transport makes its buffers, of 64 KiB and more, when it pleases.
const slack = Size / 16

// Main runs a package's tests with diagnostics on, and so tags, and with each
// allocation sampled, so that the figures are exact. It looks for goroutines left
// behind.
func Main(m *testing.M) {
	runtime.MemProfileRate = 1
	goleak.VerifyTestMain(diagnosed{m})
}

type diagnosed struct{ *testing.M }

// Run runs the tests.
func (d diagnosed) Run() int {
	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithLogFile("none"))
	if err != nil {
		panic(err)
	}
	defer func() { _ = mem.Shutdown(context.Background()) }()
	return d.M.Run()
}

var (
	mu   sync.Mutex
	kept [][]byte
)

// Keep allocates Size bytes and never lets go of them.
func Keep() {
	mu.Lock()
	defer mu.Unlock()
	kept = append(kept, make([]byte, Size))
}

// Held is what the report says now, by the operation's name.
func Held(t *testing.T) map[string]report.Operation {
	t.Helper()
	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithLogFile("none"), otelmem.WithDumpDir(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	if err := mem.Start(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	runtime.GC() // the profile shows what was live after a cycle that has been swept:
	runtime.GC() // the second one publishes what the first found
	r, err := mem.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := mem.Shutdown(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
	held := make(map[string]report.Operation)
	for _, o := range r.Operations {
		held[o.Name] = o
	}
	return held
}

// WantGrowth runs serve and wants operation, and no other, to hold Size bytes
// more than before, by its tag.
func WantGrowth(t *testing.T, operation string, serve func()) {
	t.Helper()
	before := Held(t)
	serve()
	after := Held(t)
	o := after[operation]
	if grown := o.Live - before[operation].Live; grown < Size || grown > Size+slack {
		t.Errorf("%q holds %d bytes more, want %d; there are %v", operation, grown, Size, Names(after))
	}
	if o.By != report.ByTag {
		t.Errorf("%q has its bytes by %q, want %q", operation, o.By, report.ByTag)
	}
	for name, other := range after {
		if grown := other.Live - before[name].Live; name != operation && grown > slack {
			t.Errorf("%q holds %d bytes more too", name, grown)
		}
	}
	t.Logf("%q: live %d ± %d bytes by %s, category %s", operation, o.Live, o.LiveError, o.By, o.Category)
}

// WantNoOperation runs serve, which calls [Keep], and wants no tagged operation to
// be new or to hold what was kept. Untagged memory goes by its code in a report.
func WantNoOperation(t *testing.T, serve func()) {
	t.Helper()
	before, had := Held(t), count()
	serve()
	if count() == had {
		t.Fatal("nothing was kept, so that this shows nothing")
	}
	after := Held(t)
	for name, o := range after {
		if o.By == report.ByCode {
			continue
		}
		if old, known := before[name]; !known || o.Live-old.Live > slack {
			t.Errorf("%q holds %d bytes by %q, before %d: want no operation for it", name, o.Live, o.By, old.Live)
		}
	}
}

func count() int {
	mu.Lock()
	defer mu.Unlock()
	return len(kept)
}

// Names are the operations' names in order.
func Names(held map[string]report.Operation) []string {
	var names []string
	for name := range held {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
