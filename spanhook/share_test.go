package spanhook

import (
	"testing"
	"time"
)

// Spans read concurrently, so a reading can arrive after a newer one.
func TestAnOlderReadingChangesNothing(t *testing.T) {
	var f fairShare
	at := func(instant time.Duration, heap int64) sums {
		s, _ := f.advance(&Reading{Now: instant, Taken: instant, HeapObjects: heap}, 0)
		return s
	}
	f.advance(&Reading{Now: 10, Taken: 10, HeapObjects: 100}, 1)
	newer := at(30, 500)
	if want := (sums{concurrency: 20, share: 400}); newer != want {
		t.Errorf("one operation in flight: %+v, want %+v", newer, want)
	}
	if older := at(20, 300); older != newer {
		t.Errorf("after an older reading: %+v, want %+v", older, newer)
	}
	if got, want := at(40, 600), (sums{concurrency: 30, share: 500}); got != want {
		t.Errorf("after the next reading: %+v, want %+v", got, want)
	}
}

func TestGrowthWhileNothingIsInFlightIsNobodys(t *testing.T) {
	var f fairShare
	f.advance(&Reading{Now: 10, Taken: 10, HeapObjects: 100}, 1)
	f.advance(&Reading{Now: 20, Taken: 20, HeapObjects: 100}, -1)
	f.advance(&Reading{Now: 30, Taken: 30, HeapObjects: 900}, 1)
	got, _ := f.advance(&Reading{Now: 40, Taken: 40, HeapObjects: 901}, -1)
	if want := (sums{concurrency: 20, share: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
