package otelmem

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

// A restart would erase the leak: standby attributes what was allocated before
// diagnostics were turned on in the running program.
func TestStandbyAttributesWhatWasAllocatedBefore(t *testing.T) {
	sampleFinely(t)
	t.Setenv(envEnabledShort, "standby")
	d, err := New(WithDumpDir(t.TempDir()), WithLogFile("none"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Shutdown(t.Context()) }()
	exporter := tracetest.NewInMemoryExporter()
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(d.SpanProcessor(sdktrace.NewSimpleSpanProcessor(exporter))))
	if err := d.Enable(t.Context()); err == nil {
		t.Error("Enable before Start: want an error")
	}
	if err := d.Start(t.Context(), tp, nil); err != nil {
		t.Fatal(err)
	}
	if d.Enabled() || !d.Standby() {
		t.Errorf("enabled %t, standby %t before Enable", d.Enabled(), d.Standby())
	}
	if _, err := d.Report(t.Context()); !errors.Is(err, ErrStandby) {
		t.Errorf("Report in standby: %v, want ErrStandby", err)
	}
	var kept []byte
	Do(t.Context(), "in standby", func(context.Context) { kept = bytes.Repeat([]byte{1}, 1<<20) })
	_, span := tp.Tracer("test").Start(t.Context(), "before")
	span.End()
	if n := len(exporter.GetSpans()[0].Attributes); n != 0 {
		t.Errorf("%d attributes on a span in standby", n)
	}
	for range 2 {
		if err := d.Enable(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if !d.Enabled() || d.Standby() {
		t.Errorf("enabled %t, standby %t after Enable", d.Enabled(), d.Standby())
	}
	_, span = tp.Tracer("test").Start(t.Context(), "after")
	span.End()
	if n := len(exporter.GetSpans()[1].Attributes); n == 0 {
		t.Error("no attributes on a span after Enable")
	}
	runtime.GC()
	runtime.GC()
	r, err := d.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(r.Operations, func(o report.Operation) bool { return o.Name == "in standby" })
	if i < 0 || r.Operations[i].Live < 1<<20 {
		t.Errorf("what was allocated in standby is not attributed: row %d of %d", i, len(r.Operations))
	}
	runtime.KeepAlive(kept)
	if err := d.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if err := d.Enable(t.Context()); err != nil {
		t.Errorf("Enable of what is on: %v", err)
	}
}
