package goroutines

import (
	"fmt"
	"runtime"
	"runtime/metrics"
	"runtime/pprof"

	"github.com/otelmem/otelmem-go/internal/appframe"
)

// Reading is what the goroutines of the process did at one time.
type Reading struct {
	// Groups are the largest first. They leave this reader's own goroutine out.
	Groups []Group
	// Labelled says that the operations of the groups are known.
	Labelled bool
	// Created is how many goroutines the process ever started: those in flight rise with
	// it, leaked ones beyond it. 0 where that is not known.
	Created float64
	// NotRead says what was left out and why; empty if nothing was.
	NotRead string
}

// Read reads the goroutines in bounded memory. room is how many bytes are free for it
// at most: some tens of MiB are used in any case only where there are as many
// goroutines (see [howToRead]). The world stands still for a moment, and the time it
// takes is in proportion to the number of goroutines (BenchmarkRead): call it once per
// report. It is safe for concurrent use.
func Read(room int64) (Reading, error) { return read(room, appframe.MayBegin) }

func read(room int64, isApplication func(string) bool) (r Reading, err error) {
	method, notRead := howToRead(runtime.NumGoroutine(), room)
	r.NotRead = notRead
	t := newTally(byName(isApplication))
	switch method {
	case byProfile:
		r.Labelled = true
		if err := t.addProfile(pprof.Lookup("goroutine")); err != nil {
			return Reading{}, fmt.Errorf("read the goroutine profile: %w", err)
		}
	case byRecords:
		if !t.addRecords() {
			r.NotRead = "not read: too many started meanwhile"
		}
	}
	r.Groups, r.Created = t.groups(), created()
	return r, nil
}

func created() float64 {
	sample := []metrics.Sample{{Name: "/sched/goroutines-created:goroutines"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return float64(sample[0].Value.Uint64())
}
