package diaglog

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/otelmem/internal/health"
)

const (
	// maxRelayed is how many records may wait for the logger.
	maxRelayed = 256
	// maxRelayClose is how long a log that is closed waits for the logger.
	maxRelayClose = time.Second
)

// partLogger names the logger among the parts of the diagnostics.
const partLogger = "logger"

// relay hands records to a logger's handler from a goroutine of its own. The handler
// is other people's code: where it panics it gets no more, and where it does not
// return, what finds no place in the queue is dropped.
type relay struct {
	handler func() slog.Handler
	least   slog.Level
	parts   *health.Parts

	queue   chan record
	dropped atomic.Int64
	off     atomic.Bool
	stop    chan struct{}
	done    chan struct{} // closed when the goroutine has ended; nil before start
}

// newRelay serves logger; where that is nil, slog's default logger as it is at the
// time of each record, with warnings alone.
func newRelay(logger *slog.Logger, parts *health.Parts) *relay {
	r := &relay{least: slog.LevelWarn, parts: parts, queue: make(chan record, maxRelayed), stop: make(chan struct{})}
	r.handler = func() slog.Handler { return slog.Default().Handler() }
	if logger != nil {
		r.handler, r.least = logger.Handler, slog.LevelDebug
	}
	return r
}

// put never waits.
func (r *relay) put(rec record) {
	if rec.level < r.least || r.off.Load() {
		return
	}
	select {
	case r.queue <- rec:
	default:
		r.dropped.Add(1)
		r.parts.Disable(partLogger, fmt.Sprintf("its handler does not return: %d records wait for it, more are dropped", maxRelayed))
	}
}

func (r *relay) start() {
	r.done = make(chan struct{})
	go r.run()
}

func (r *relay) run() {
	defer close(r.done)
	for {
		select {
		case rec := <-r.queue:
			r.deliver(rec)
		case <-r.stop:
			for len(r.queue) > 0 {
				r.deliver(<-r.queue)
			}
			return
		}
	}
}

func (r *relay) deliver(rec record) {
	if r.off.Load() {
		return
	}
	defer func() {
		if p := recover(); p != nil {
			r.off.Store(true)
			r.parts.Disable(partLogger, fmt.Sprintf("its handler panicked: %v", p))
		}
	}()
	ctx := trace.ContextWithSpanContext(context.Background(), rec.span)
	handler := r.handler()
	if !handler.Enabled(ctx, rec.level) {
		return
	}
	if err := handler.Handle(ctx, rec.slog()); err != nil {
		r.parts.Disable(partLogger, fmt.Sprintf("its handler failed: %v", err))
		return
	}
	r.parts.Restore(partLogger)
}

// close ends the goroutine after it has delivered what waits. Where that takes too
// long, the handler gets no more when it returns.
func (r *relay) close(ctx context.Context) {
	close(r.stop)
	if r.done == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, maxRelayClose)
	defer cancel()
	select {
	case <-r.done:
	case <-ctx.Done():
		r.off.Store(true)
		r.parts.Disable(partLogger, fmt.Sprintf("its handler did not return in time: %d records were not delivered", int64(len(r.queue))+r.dropped.Load()))
	}
}
