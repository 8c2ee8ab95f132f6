package otelmem

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

func TestTrackedSpansCarryTheVersionOfTheirScope(t *testing.T) {
	if !regexp.MustCompile(`^\d+\.\d+\.\d+(-[a-z0-9.]+)?$`).MatchString(Version()) {
		t.Errorf("version %q", Version())
	}
	d := newDiagnostics(t)
	_, exporter := start(t, d, nil)
	_, end := d.Track(t.Context(), "gun_sync")
	end()
	spans := exporter.GetSpans()
	if len(spans) != 1 {
		t.Fatalf("%d spans", len(spans))
	}
	if scope := spans[0].InstrumentationScope; scope.Name != ScopeName || scope.Version != Version() || scope.SchemaURL == "" {
		t.Errorf("scope %+v", scope)
	}
}

func TestMetricThatAViewDoesNotFitIsOffAndTheRestIsReported(t *testing.T) {
	reader := sdkmetric.NewManualReader()
	view := sdkmetric.NewView(sdkmetric.Instrument{Name: "otelmem.*"}, sdkmetric.Stream{Aggregation: sdkmetric.AggregationLastValue{}})
	d := newDiagnostics(t)
	tracer, _ := start(t, d, sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader), sdkmetric.WithView(view)))
	_, span := tracer.Start(t.Context(), "work")
	span.End()

	r, err := d.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	off := make(map[string]string)
	for _, part := range r.Disabled {
		off[part.Part] = part.Reason
	}
	if reason := off["metric otelmem.operations"]; !strings.Contains(reason, "view") {
		t.Errorf("parts that are off: %v, want the counter of operations, and the view to blame", off)
	}
	if _, isOff := off["metric otelmem.self.profile.duration"]; isOff {
		t.Errorf("parts that are off: %v, want none that is a gauge", off)
	}
	if !slices.ContainsFunc(r.Operations, func(o report.Operation) bool { return o.Name == "work" && o.Calls == 1 }) {
		t.Errorf("operations %v, want that of the span", r.Operations)
	}
	if _, ok := collect(t, reader)["otelmem.operations"]; ok {
		t.Error("the counter of operations is there")
	}
}
