package diaglog

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"

	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/otelmem/internal/attribution"
	"github.com/otelmem/otelmem-go/otelmem/internal/health"
	"github.com/otelmem/otelmem-go/otelmem/internal/spanstats"
)

// traces keeps the trace of each record, as a bridge to OpenTelemetry's logs does.
type traces struct {
	slog.Handler
	all *[]trace.TraceID
}

func (traces) Enabled(context.Context, slog.Level) bool { return true }

func (t traces) Handle(ctx context.Context, _ slog.Record) error {
	*t.all = append(*t.all, trace.SpanContextFromContext(ctx).TraceID())
	return nil
}

func TestRecordsAreOfTheTraceThatTheyAreAbout(t *testing.T) {
	span := func(id byte) trace.SpanContext {
		return trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{id}, SpanID: trace.SpanID{id}})
	}
	var got []trace.TraceID
	l := New(slog.New(traces{all: &got}), filepath.Join(t.TempDir(), "memory.log"), new(health.Parts))
	l.Start()
	l.Leak(new(attribution.Operation), []spanstats.Span{{Context: span(1)}, {Context: span(2)}})
	l.Dump(dump.Event{Kind: dump.Written, SpanContext: span(3)})
	l.Config("of no trace")
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := []trace.TraceID{{1}, {3}, {}}; !slices.Equal(got, want) {
		t.Errorf("records of the traces %v, want %v", got, want)
	}
}
