package otelmem

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

func TestRunIsASpanAndCoversWhatItAllocates(t *testing.T) {
	sampleFinely(t)
	d := newDiagnostics(t)
	_, exporter := start(t, d, nil)
	var kept []byte
	failed := errors.New("no stock")
	err := d.Run(t.Context(), "run stock sync", func(ctx context.Context) error {
		if !trace.SpanFromContext(ctx).IsRecording() {
			t.Error("its context has no span")
		}
		kept = make([]byte, 1<<20)
		return failed
	}, Detail("batch 12"))
	if !errors.Is(err, failed) {
		t.Errorf("Run returned %v, want the function's error", err)
	}
	wantLive(t, "run stock sync", 1<<20)
	spans := exporter.GetSpans()
	if len(spans) != 1 || spans[0].Name != "run stock sync" || spans[0].Status.Code != codes.Error ||
		!slices.Contains(spans[0].Attributes, attrs.Detail.String("batch 12")) {
		t.Errorf("spans %v, want one with an error and its detail", spans.Snapshots())
	}
	if len(kept) == 0 {
		t.Error("nothing is kept")
	}
}

// A categorizer, and the conventions, say more than a name: the operation has the
// category of its spans, in metrics, in the report and on the samples of dumps.
func TestAnOperationHasOneCategory(t *testing.T) {
	sampleFinely(t)
	d := newDiagnostics(t, WithCategorizer(func(op Operation) string {
		if op.Name == "charge card" {
			return "billing"
		}
		return ""
	}))
	start(t, d, nil)
	var kept []byte
	if err := d.Run(t.Context(), "charge card", func(context.Context) error {
		kept = make([]byte, 1<<20)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.GC()
	r, err := d.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(r.Operations, func(o report.Operation) bool { return o.Name == "charge card" })
	if i < 0 || r.Operations[i].Category != "billing" || r.Operations[i].Live < 1<<20 || r.Operations[i].By != report.ByTag {
		t.Errorf("charge card is number %d of %d operations in category %q, want it in billing", i, len(r.Operations), r.Operations[max(0, i)].Category)
	}
	if slices.ContainsFunc(r.Categories, func(c report.Category) bool { return c.Name == "charge_card" }) {
		t.Errorf("categories %+v, want no charge_card beside billing", r.Categories)
	}
	if tag := heaptag.Default.Find("charge card"); tag.Category != "billing" {
		t.Errorf("dumps say %q, want billing", tag.Category)
	}
	if len(kept) == 0 {
		t.Error("nothing is kept")
	}
}

func TestARemoteCallHasTheCategoryOfItsSpans(t *testing.T) {
	if tag := tagOf("etcdserverpb.KV/Range"); tag.Operation != "etcdserverpb.KV/Range" || tag.Category != "rpc_kv" {
		t.Errorf("the tag is of %q in %q, want etcdserverpb.KV/Range in rpc_kv", tag.Operation, tag.Category)
	}
}

func TestNothingThatIsNilPanics(t *testing.T) {
	var d *Diagnostics
	if d.Enabled() || d.SpanProcessor(nil) != nil || d.History() != nil || d.Thresholds() != nil || d.Done() != nil || d.Spans(3) != nil {
		t.Error("a nil Diagnostics is not off")
	}
	var none context.Context
	ran := 0
	count := func(context.Context) error { ran++; return nil }
	for name, err := range map[string]error{
		"Start": d.Start(none, nil, nil), "Shutdown": d.Shutdown(none), "Run": d.Run(none, "nil run", count),
	} {
		if err != nil {
			t.Errorf("%s of a nil Diagnostics: %v", name, err)
		}
	}
	if _, err := d.Report(none); !errors.Is(err, ErrDisabled) {
		t.Errorf("Report: %v, want ErrDisabled", err)
	}
	if _, err := d.Dump(none, "x"); !errors.Is(err, ErrDisabled) {
		t.Errorf("Dump: %v, want ErrDisabled", err)
	}
	_, end := d.Track(none, "nil track")
	end()

	on := newDiagnostics(t)
	var tp *sdktrace.TracerProvider
	var mp *metric.MeterProvider
	if err := on.Start(none, tp, mp); err != nil {
		t.Errorf("Start with providers that were never set: %v", err)
	}
	if err := on.Run(none, "nil run", count); err != nil || ran != 2 {
		t.Errorf("Run ran %d times, %v", ran, err)
	}
	Do(none, "nil do", func(context.Context) {})
	if err := on.Shutdown(none); err != nil {
		t.Error(err)
	}
}
