package spanhook_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/otelmem/otelmem-go/spanhook"
)

func TestSpansThatNeverEndAreBounded(t *testing.T) {
	const bound, spans = 1000, 20_000
	ended := 0
	hook := spanhook.New(newProcess().read, spanhook.WithMaxInFlight(bound), spanhook.WithSink(func(*spanhook.Growth) { ended++ }))
	tracer := newTracer(hook)
	for range spans {
		tracer.Start(t.Context(), "never ends")
	}
	stats := hook.Stats()
	if stats.InFlight > bound*5/4 || stats.InFlight < bound/2 {
		t.Errorf("%d in flight, want about %d and at most a quarter more", stats.InFlight, bound)
	}
	if got := stats.Untracked + int64(stats.InFlight); got != spans {
		t.Errorf("%d pushed out and in flight, want %d", got, spans)
	}
	if stats.Bytes > bound*2*500 {
		t.Errorf("table holds %d bytes for a bound of %d", stats.Bytes, bound)
	}
	_, span := tracer.Start(t.Context(), "new")
	span.End()
	if ended != 1 {
		t.Error("a new span finds no room in a full table")
	}
}

func TestEndedSpansLeaveNothing(t *testing.T) {
	hook := spanhook.New(newProcess().read, spanhook.WithMaxInFlight(1000))
	tracer := newTracer(hook)
	for range 20_000 {
		_, span := tracer.Start(t.Context(), "ends")
		span.End()
	}
	stats := hook.Stats()
	if stats.InFlight != 0 || stats.Untracked != 0 {
		t.Errorf("%+v, want none in flight and none untracked", stats)
	}
	if stats.Bytes > 64<<10 {
		t.Errorf("table holds %d bytes after one span at a time", stats.Bytes)
	}
}

func TestOldSpansAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hook := spanhook.New(newProcess().read, spanhook.WithMaxAge(time.Minute))
		tracer := newTracer(hook)
		for range 3200 {
			tracer.Start(t.Context(), "never ends")
		}
		time.Sleep(2 * time.Minute)
		for range 3200 { // every shard gets new ones
			_, span := tracer.Start(t.Context(), "ends")
			span.End()
		}
		if stats := hook.Stats(); stats.InFlight != 0 || stats.Untracked != 3200 {
			t.Errorf("%+v, want the 3200 old ones forgotten", stats)
		}
	})
}

// A forgotten operation must not dilute the shares of those that follow.
func TestForgottenSpansNoLongerShare(t *testing.T) {
	process := newProcess()
	var last *spanhook.Growth
	hook := spanhook.New(process.read, spanhook.WithMaxInFlight(1), spanhook.WithSink(func(g *spanhook.Growth) { last = g }))
	tracer := newTracer(hook)
	for range 1000 {
		tracer.Start(t.Context(), "never ends")
	}
	_, span := tracer.Start(t.Context(), "op")
	process.grow(32_000, 0)
	span.End()
	if last.Share < 1000 {
		t.Errorf("share is %d of 32,000 with at most 32 in flight, want at least 1000", last.Share)
	}
}

func TestConcurrentUse(t *testing.T) {
	process := newProcess()
	hook := spanhook.New(process.read, spanhook.WithMaxInFlight(64))
	tracer := newTracer(hook)
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for i := range 2000 {
				ctx, parent := tracer.Start(t.Context(), "parent")
				_, child := tracer.Start(ctx, "child")
				process.grow(10, 1)
				if i%10 == 0 {
					hook.Running()
					hook.Stats()
				}
				child.End()
				if i%3 != 0 {
					parent.End()
				}
			}
		})
	}
	workers.Wait()
	if stats := hook.Stats(); stats.InFlight > 96 {
		t.Errorf("%d in flight, want at most 96", stats.InFlight)
	}
}
