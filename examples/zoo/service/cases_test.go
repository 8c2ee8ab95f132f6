package service_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/otelmem/otelmem-go/examples/zoo/innocents"
	_ "github.com/otelmem/otelmem-go/examples/zoo/leaks"
	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// TestMain has each allocation sampled, so that figures are exact.
func TestMain(m *testing.M) {
	runtime.MemProfileRate = 1
	os.Exit(m.Run())
}

const (
	// warm is how many calls come before the first figure: caches that are bounded
	// have filled by then.
	warm = 20
	// calls is how many come between the two figures.
	calls = 40
	// keptEach is what a leak of memory keeps of each call at least, in bytes.
	keptEach = 4 << 10
	// within is how long the figures may take to get where they should be.
	within = 10 * time.Second
)

// TestLeaksLeakFromTheirLinesOnceTheySetIn runs each leak by itself, without
// diagnostics, and looks at what the runtime says of its lines.
func TestLeaksLeakFromTheirLinesOnceTheySetIn(t *testing.T) {
	if testing.Short() {
		t.Skip("collects garbage some hundred times")
	}
	for _, c := range service.Cases() {
		if !c.Leaks() || c.Kind == service.Outside {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			least, figure := int64(calls*keptEach), func() int64 { return live(c.Lines()) }
			if c.Kind == service.Goroutine {
				least, figure = calls, func() int64 { return int64(runtime.NumGoroutine()) }
			}
			before := service.NewLocal(t, c, false)
			before.Calls(t, warm)
			start := settled(figure)
			before.Calls(t, calls)
			eventually(t, "before the onset, calls keep too much", figure, func(now int64) bool { return now-start < least/4 })
			runtime.KeepAlive(before)

			after := service.NewLocal(t, c, true)
			after.Calls(t, warm)
			start = settled(figure)
			after.Calls(t, calls)
			eventually(t, "after the onset, calls keep too little", figure, func(now int64) bool { return now-start >= least })
			runtime.KeepAlive(after)
		})
	}
}

// settled is a figure that is the same twice: what is on its way to its end has
// ended.
func settled(figure func() int64) int64 {
	for last := figure(); ; {
		time.Sleep(30 * time.Millisecond)
		now := figure()
		if now == last {
			return now
		}
		last = now
	}
}

// eventually waits until a figure is good.
func eventually(t *testing.T, what string, figure func() int64, good func(int64) bool) {
	t.Helper()
	start, first := time.Now(), figure()
	for {
		now := figure()
		if good(now) {
			return
		}
		if time.Since(start) > within {
			t.Errorf("%s: %d, of %d at the start", what, now, first)
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// live is how many bytes live that were allocated from lines, or by what they call.
func live(lines []string) int64 {
	runtime.GC() // the profile shows what was live after a cycle that has been swept:
	runtime.GC() // the second one publishes what the first found
	records := make([]runtime.MemProfileRecord, 1000)
	for {
		n, ok := runtime.MemProfile(records, false)
		if ok {
			records = records[:n]
			break
		}
		records = make([]runtime.MemProfileRecord, n+100)
	}
	var sum int64
	seen := make(map[uintptr]bool)
	for i := range records {
		if from(records[i].Stack(), lines, seen) {
			sum += records[i].InUseBytes()
		}
	}
	return sum
}

// from says whether one of the lines is on a stack. seen remembers what is known
// of return addresses.
func from(stack []uintptr, lines []string, seen map[uintptr]bool) bool {
	for _, pc := range stack {
		is, known := seen[pc]
		if !known {
			frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
			is = slices.ContainsFunc(lines, func(line string) bool {
				return strings.HasSuffix(fmt.Sprintf("%s:%d", frame.File, frame.Line), "/"+line)
			})
			seen[pc] = is
		}
		if is {
			return true
		}
	}
	return false
}
