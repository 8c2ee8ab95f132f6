package otelmem

import (
	"strings"
	"sync"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/otelmem/otelmem-go/spanhook"
)

// count takes an ended span into the metrics and the book. It does no I/O: a
// request may have to do it where the background is too slow.
func (d *Diagnostics) count(g *spanhook.Growth) {
	defer func() {
		if p := recover(); p != nil {
			d.parts.disable("metrics", panicText(p))
		}
	}()
	category := g.Category()
	if m := d.meter.Load(); m != nil {
		m.record(category, g)
	}
	operation := g.Operation()
	d.attribution.learn(operation, g)
	span := newSpan(operation, category, g)
	d.book.add(&span)
	if g.Example() {
		d.examples.keep(&span)
	}
	if span.Largest() >= d.config.growthLogMin {
		detail := ""
		if d.config.logQuery {
			detail = queryOf(g.Span)
		}
		d.pending.put(growthLine(operation, detail, g))
	}
}

// queryOf is a server span's query string, by the current attribute or by the
// older one that holds the path too.
func queryOf(s sdktrace.ReadOnlySpan) string {
	query := ""
	for _, kv := range s.Attributes() {
		switch kv.Key {
		case semconv.URLQueryKey:
			return kv.Value.AsString()
		case "http.target":
			_, query, _ = strings.Cut(kv.Value.AsString(), "?")
		}
	}
	return query
}

// growthQueueBound is how many lines may wait for the log.
const growthQueueBound = 256

// growthQueue holds GROWTH lines until the log's goroutine writes them. Beyond
// its bound they are only counted: the metrics and the book have them all. The
// zero value is ready; it is safe for concurrent use.
type growthQueue struct {
	mu      sync.Mutex
	lines   []string
	dropped int
}

func (q *growthQueue) put(line string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.lines) >= growthQueueBound {
		q.dropped++
		return
	}
	q.lines = append(q.lines, line)
}

func (q *growthQueue) take() (lines []string, dropped int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	lines, dropped = q.lines, q.dropped
	q.lines, q.dropped = nil, 0
	return lines, dropped
}
