package otelmem

import (
	"context"
	"errors"
	"strings"
	"testing"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/internal/heaptag"
)

func TestTagsAreOnFromNewToShutdown(t *testing.T) {
	releaseTags()
	defer func() { releaseTags = heaptag.Activate() }()
	first, second := newDiagnostics(t), newDiagnostics(t)
	if !heaptag.Active() {
		t.Error("no tags after New")
	}
	for range 2 { // the second Shutdown must not take the other's tags
		if err := first.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if !heaptag.Active() {
		t.Error("no tags, though the second is not shut down")
	}
	if err := second.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if heaptag.Active() {
		t.Error("tags after the last Shutdown")
	}
}

func TestSettingsThatAreRefusedLeaveNoTagsOn(t *testing.T) {
	releaseTags()
	defer func() { releaseTags = heaptag.Activate() }()
	if _, err := New(WithEnabled(true), WithThresholds("1Gx")); err == nil || heaptag.Active() {
		t.Errorf("error %v, tags on: %t", err, heaptag.Active())
	}
}

func TestAStartThatComesTooLateStartsNothingAndCanBeTriedAgain(t *testing.T) {
	d := newDiagnostics(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Start(ctx, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Start: %v, want that its context is done", err)
	}
	if err := d.Start(t.Context(), nil, nil); err != nil {
		t.Errorf("Start again: %v", err)
	}
	if err := d.Start(t.Context(), nil, nil); err == nil || !strings.Contains(err.Error(), "started before; make another with New") {
		t.Errorf("Start twice: %v", err)
	}
}

func TestShutdownEndsWhatStartBegan(t *testing.T) {
	d := newDiagnostics(t)
	reader := sdkmetric.NewManualReader()
	tracer, exporter := start(t, d, sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)))
	_, span := tracer.Start(t.Context(), "before")
	span.End()
	if got := collect(t, reader); len(got) == 0 {
		t.Fatal("no metrics while it runs")
	}
	if err := d.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case <-d.Done():
	default:
		t.Error("not done after Shutdown")
	}
	if got, ok := collect(t, reader)["otelmem.self.memory.usage"]; ok {
		t.Errorf("observed after Shutdown: %+v", got)
	}
	spans := len(exporter.GetSpans())
	_, end := d.Track(t.Context(), "after")
	end()
	if n := len(exporter.GetSpans()); n != spans {
		t.Errorf("%d spans of what ran after Shutdown", n-spans)
	}
}

func TestShutdownWithoutStartIsDone(t *testing.T) {
	d := newDiagnostics(t)
	if err := d.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	select {
	case <-d.Done():
	default:
		t.Error("not done after Shutdown")
	}
	if err := d.Start(t.Context(), sdktrace.NewTracerProvider(), nil); err == nil {
		t.Error("Start after Shutdown: want an error")
	}
}
