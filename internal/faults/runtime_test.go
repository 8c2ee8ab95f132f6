package faults

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// This file has settings of the runtime that change, and load beyond all measure.

func TestSettingsOfTheRuntimeThatChange(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*testing.T)
		part   string // that is off meanwhile
	}{
		"MemProfileRate": {func(t *testing.T) {
			old := runtime.MemProfileRate
			t.Cleanup(func() { runtime.MemProfileRate = old })
			runtime.MemProfileRate = 0
		}, "live bytes by operation"},
		"GOGC=off": {func(t *testing.T) {
			old := debug.SetGCPercent(-1)
			t.Cleanup(func() { debug.SetGCPercent(old) })
		}, ""},
		"GOMEMLIMIT below what is used": {func(t *testing.T) {
			old := debug.SetMemoryLimit(8 << 20)
			t.Cleanup(func() { debug.SetMemoryLimit(old) })
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := start(t, setUp{})
			v.goesOn()
			t.Run("changed", func(t *testing.T) {
				test.change(t)
				v.goesOn()
				if test.part != "" {
					v.shows(test.part)
				}
				if _, err := v.mem.Dump(t.Context(), "changed"); err != nil {
					t.Errorf("no profile: %v", err)
				}
				if _, err := v.mem.Report(t.Context()); err != nil {
					t.Error(err)
				}
			})
			v.goesOn()
			if test.part != "" {
				v.recovers(test.part)
			}
		})
	}
}

func TestSpansInFlightBeyondAllMeasure(t *testing.T) {
	if testing.Short() {
		t.Skip("200,000 spans take some seconds")
	}
	v := start(t, setUp{})
	spans := make([]trace.Span, 200_000)
	for i := range spans {
		_, spans[i] = v.tp.Tracer("test").Start(context.Background(), "in flight")
	}
	v.goesOn()
	if r, err := v.mem.Report(t.Context()); err != nil {
		t.Error(err)
	} else if r.Process.RSS == 0 && runtime.GOOS == "linux" {
		t.Error("no resident set")
	}
	for _, span := range spans {
		span.End()
	}
	v.goesOn()
}

func TestGoroutinesBeyondAllMeasure(t *testing.T) {
	if testing.Short() {
		t.Skip("90,000 goroutines take some seconds")
	}
	v := start(t, setUp{})
	release := make(chan struct{})
	var parked sync.WaitGroup
	for range 90_000 {
		parked.Go(func() { <-release })
	}
	time.Sleep(6 * time.Second) // at least one reading beside them
	v.goesOn()
	close(release)
	parked.Wait()
	v.goesOn()
}
