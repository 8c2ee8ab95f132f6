package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// sample is what the process had at one time; bytes and numbers.
type sample struct {
	at    time.Duration
	quiet bool // nothing leaks, so that goroutines and heap count
	// ownHeap is what diagnostics hold by the heap profile, ownSaid by their own metric;
	// heap is what all hold after a collection.
	ownHeap, ownSaid, heap         int64
	goroutines, descriptors, files int64
}

// figures looks at the process.
type figures struct {
	telemetry *telemetry
	dir       string
	samples   []sample
	last      time.Duration
}

// sampleApart is how far apart samples are.
const sampleApart = 3 * time.Second

func newFigures(t *telemetry, dir string) *figures { return &figures{telemetry: t, dir: dir} }

// look takes a sample at an instant, unless there is one of just before.
func (f *figures) look(at time.Duration, quiet bool) {
	if at-f.last < sampleApart || at < settled {
		return
	}
	f.last = at
	if quiet {
		// Two collections bring the heap profile up to date.
		runtime.GC()
		runtime.GC()
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	f.samples = append(f.samples, sample{
		at: at, quiet: quiet,
		ownHeap: ownHeap(), ownSaid: f.said(), heap: int64(stats.HeapAlloc),
		goroutines: int64(runtime.NumGoroutine()), descriptors: descriptors(), files: files(f.dir),
	})
}

// said is what diagnostics say that they hold; 0 where they say nothing.
func (f *figures) said() int64 {
	var collected metricdata.ResourceMetrics
	if f.telemetry.self.Collect(context.Background(), &collected) != nil {
		return 0
	}
	for _, scope := range collected.ScopeMetrics {
		for _, m := range scope.Metrics {
			if sum, ok := m.Data.(metricdata.Sum[int64]); ok && m.Name == "otelmem.self.memory.usage" && len(sum.DataPoints) > 0 {
				return sum.DataPoints[0].Value
			}
		}
	}
	return 0
}

// descriptors is how many the process has open; 0 where the system does not say.
func descriptors() int64 {
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return int64(len(open))
}

// files is how many lie in a folder and below.
func files(dir string) (n int64) {
	_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			n++
		}
		return nil // one that has just gone
	})
	return n
}
