package spanhook

import sdktrace "go.opentelemetry.io/otel/sdk/trace"

// Running is a span in flight.
type Running struct {
	// Span is the live span; its methods are safe for concurrent use. With an SDK before
	// v1.46.0, which writes to the attributes that it has returned, it has none.
	Span sdktrace.ReadWriteSpan
	// Growth is the largest growth of the process since it started, in bytes.
	Growth int64
}

// Running returns the local roots in flight, in no order.
func (h *Hook) Running() []Running {
	now := h.read()
	var running []Running
	h.inFlight.each(func(e *entry) {
		if e.localRoot && e.span.IsRecording() && !isEvent(e.span) {
			running = append(running, Running{Span: readable(e.span), Growth: max(
				now.RSS-e.reading.RSS,
				now.External-e.reading.External,
				now.HeapObjects-e.reading.HeapObjects,
			)})
		}
	})
	return running
}
