package goroutines

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/race"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := goleak.Find(goleak.IgnoreTopFunction("github.com/otelmem/otelmem-go/internal/goroutines.leakForEver.func1")); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// isLeak takes the functions of these tests that leak for the application's: nothing
// else of this module is one.
func isLeak(function string) bool {
	return strings.Contains(function, "internal/goroutines.leak") || strings.Contains(function, "internal/goroutines.descend")
}

func readAll(t testing.TB) Reading {
	t.Helper()
	r, err := read(math.MaxInt64, isLeak)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// count is how many goroutines there are by a reading.
func count(t testing.TB) (n int) {
	for _, g := range readAll(t).Groups {
		n += g.Count
	}
	return n
}

func leakReceivers(n int, release chan struct{}, begun func()) *sync.WaitGroup {
	var ended sync.WaitGroup
	for range n {
		ended.Go(func() {
			begun()
			<-release
		})
	}
	return &ended
}

func TestGoroutinesAreGroupedByOperationStarterAndPlace(t *testing.T) {
	for name, test := range map[string]struct {
		labels []string
		want   string
	}{
		"by operation":                       {[]string{heaptag.OperationLabel, `GET "quoted" /x`}, `GET "quoted" /x`},
		"beside the user's own labels":       {[]string{"a", "b", heaptag.OperationLabel, "job", "z", "operation"}, "job"},
		"of nobody without the label":        {[]string{"user", "operation"}, ""},
		"of nobody without any label at all": {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			if test.labels != nil {
				ctx = pprof.WithLabels(ctx, pprof.Labels(test.labels...))
			}
			release := make(chan struct{})
			var begun sync.WaitGroup
			begun.Add(25)
			ended := leakReceivers(25, release, func() { pprof.SetGoroutineLabels(ctx); begun.Done() })
			defer ended.Wait()
			defer close(release)
			begun.Wait()
			g := waitForCount(t, "leakReceivers", 25)
			if g.Operation != test.want || !strings.HasSuffix(g.Starter, ".leakReceivers") || !strings.HasSuffix(g.Function, ".leakReceivers.func1") ||
				!strings.Contains(g.Place, "read_test.go:") || !strings.Contains(g.Meaning, "receives from a channel") {
				t.Errorf("got %+v", g)
			}
			if o := ByOperation(readAll(t).Groups)[test.want]; test.want != "" && (o.Count != 25 || o.Largest != g) {
				t.Errorf("the operation has %+v", o)
			}
		})
	}
}

// waitForCount returns the group of a starter once all of its goroutines have got to
// one place.
func waitForCount(t testing.TB, starter string, count int) Group {
	for t.Context().Err() == nil {
		for _, g := range readAll(t).Groups {
			if strings.HasSuffix(g.Starter, starter) && g.Count == count {
				return g
			}
		}
		runtime.Gosched()
	}
	return Group{}
}

// Without room for labels all else must be the same.
func TestRecordsSayTheSameWithoutTheOperation(t *testing.T) {
	release := make(chan struct{})
	ctx := pprof.WithLabels(t.Context(), pprof.Labels(heaptag.OperationLabel, "records"))
	ended := leakReceivers(100, release, func() { pprof.SetGoroutineLabels(ctx) })
	defer ended.Wait()
	defer close(release)
	want := waitForCount(t, "leakReceivers", 100)
	want.Operation = ""
	r, err := read(partOfRoom*100*profileCost, isLeak)
	if err != nil {
		t.Fatal(err)
	}
	if r.Labelled || !strings.Contains(r.NotRead, "without operations") || len(r.Groups) == 0 || r.Groups[0] != want {
		t.Errorf("got %+v, want %+v", r, want)
	}
	if r, err = read(0, isLeak); err != nil || r.Labelled || len(r.Groups) > 0 || !strings.Contains(r.NotRead, "0MB are free") {
		t.Errorf("without room: %+v, %v", r, err)
	}
}

//go:noinline
func descendLeft(path uint64, depth int, at func()) {
	descend(path>>1, depth, at)
	runtime.KeepAlive(depth)
}

//go:noinline
func descendRight(path uint64, depth int, at func()) {
	descend(path>>1, depth, at)
	runtime.KeepAlive(depth)
}

// descend calls at below a stack that no other path has.
func descend(path uint64, depth int, at func()) {
	switch {
	case depth == 0:
		at()
	case path&1 == 0:
		descendLeft(path, depth-1, at)
	default:
		descendRight(path, depth-1, at)
	}
}

// Reading 90,000 goroutines as text took 300 MB.
func TestReadingTakesNoMoreThanItAskedFor(t *testing.T) {
	if race.Enabled || testing.Short() {
		t.Skip("50,000 goroutines")
	}
	const most = 50_000
	release := make(chan struct{})
	var begun, ended sync.WaitGroup
	for i := range most {
		begun.Add(1)
		ended.Go(func() {
			descend(uint64(i), 16, func() {
				pprof.SetGoroutineLabels(pprof.WithLabels(t.Context(), pprof.Labels("request", fmt.Sprint("of some length ", i))))
				begun.Done()
				<-release
			})
		})
	}
	defer ended.Wait()
	defer close(release)
	begun.Wait()
	for name, room := range map[string]int64{"much room": math.MaxInt64, "a little room": 90 << 20, "no room": 10 << 20} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r, err := read(room, isLeak)
			runtime.ReadMemStats(&after)
			took := int64(after.TotalAlloc - before.TotalAlloc)
			if err != nil {
				t.Fatal(err)
			}
			if took > min(maxCost, room/partOfRoom) {
				t.Errorf("it allocated %d bytes of a room of %d", took, room)
			}
			counted := 0
			for _, g := range r.Groups {
				counted += g.Count
			}
			if read := room > 20<<20; read != (counted >= most) || r.NotRead == "" {
				t.Errorf("%d goroutines were counted: %s", counted, r.NotRead)
			}
			t.Logf("%d bytes a goroutine; %s", took/most, r.NotRead)
		})
	}
}

func BenchmarkRead(b *testing.B) {
	release := make(chan struct{})
	ended := leakReceivers(10_000, release, func() {})
	for name, room := range map[string]int64{"profile": math.MaxInt64, "records": partOfRoom * 10_000 * recordCost * 2} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := read(room, isLeak); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	close(release)
	ended.Wait()
}
