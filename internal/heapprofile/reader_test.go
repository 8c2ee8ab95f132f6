package heapprofile

import (
	"errors"
	"runtime"
	"strings"
	"testing"
)

func TestReaderIsOffForGoodOnceTheRateChanged(t *testing.T) {
	for name, during := range map[string]int{"rarely": 512 << 10, "nothing": 0} {
		t.Run(name, func(t *testing.T) {
			sampleEverything(t) // what earlier tests left counts for what it is
			r := new(Reader)
			if _, err := r.Read(nil); err != nil {
				t.Fatal(err)
			}
			runtime.MemProfileRate = during
			if p, err := r.Read(nil); p != nil || !errors.Is(err, ErrRateChanged) || !strings.Contains(err.Error(), "runtime.MemProfileRate was") {
				t.Errorf("read %v, %v, want an error that says from what the rate changed", p, err)
			}
			runtime.MemProfileRate = 1
			if p, err := r.Read(nil); p != nil || !errors.Is(err, ErrRateChanged) {
				t.Errorf("read %v, %v once it changed back, want the same error", p, err)
			}
		})
	}
}

// A profiler changes the rate and changes it back between two readings: what it had
// sampled counts for thousands of times as much.
func TestMoreThanTheHeapHasRoomForIsAnAlarm(t *testing.T) {
	sampleEverything(t)
	kept := make([]*[64]byte, 200_000)
	for i := range kept {
		kept[i] = new([64]byte)
	}
	runtime.MemProfileRate = 512 << 10
	runtime.GC()
	runtime.GC()
	r := new(Reader)
	for range 2 {
		if p, err := r.Read(nil); p != nil || !errors.Is(err, ErrRateChanged) || !strings.Contains(err.Error(), "are live in a heap of") {
			t.Errorf("read %v, %v, want an alarm", p, err)
		}
	}
	runtime.KeepAlive(kept)
}

// What the profile says is live can have been freed since.
func TestMemoryThatWasFreedIsNoAlarm(t *testing.T) {
	sampleEverything(t)
	r := new(Reader)
	block := make([]byte, 256<<20)
	runtime.GC()
	runtime.GC()
	runtime.KeepAlive(block)
	block = nil
	runtime.GC()
	if _, err := r.Read(nil); err != nil {
		t.Error(err)
	}
	runtime.KeepAlive(&block)
}
