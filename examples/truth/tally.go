package main

import (
	"context"
	"sync"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// tally is the span processor that otelmem hands spans on to: it adds their
// growth up by name.
type tally struct {
	mu     sync.Mutex
	byName map[string]growth
}

type growth struct{ difference, share int64 }

func newTally() *tally { return &tally{byName: make(map[string]growth)} }

func (t *tally) of(name string) growth {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byName[name]
}

// OnEnd adds a span's growth.
func (t *tally) OnEnd(s sdktrace.ReadOnlySpan) {
	var g growth
	for _, a := range s.Attributes() {
		switch a.Key {
		case "otelmem.heap.growth":
			g.difference = a.Value.AsInt64()
		case "otelmem.heap.share":
			g.share = a.Value.AsInt64()
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	sum := t.byName[s.Name()]
	t.byName[s.Name()] = growth{sum.difference + g.difference, sum.share + g.share}
}

// OnStart does nothing.
func (t *tally) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

// Shutdown does nothing.
func (t *tally) Shutdown(context.Context) error { return nil }

// ForceFlush does nothing.
func (t *tally) ForceFlush(context.Context) error { return nil }
