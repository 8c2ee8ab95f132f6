package otelmem

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/otelmem/report"
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

func TestShutdownHonoursItsContextWhateverAnotherDoes(t *testing.T) {
	d := newDiagnostics(t)
	if err := d.Start(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	hang := make(chan struct{})
	d.work.Go(func() { <-hang })
	patient := make(chan error)
	go func() { patient <- d.Shutdown(context.Background()) }()
	<-d.Done() // the patient one holds what it holds
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := d.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want that its context is done", err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %v for a context of 10 ms", took)
	}
	close(hang)
	if err := <-patient; err != nil {
		t.Errorf("the patient one: %v", err)
	}
	if err := d.Shutdown(t.Context()); err != nil {
		t.Errorf("one that waits on: %v", err)
	}
}

func TestStartHonoursItsContext(t *testing.T) {
	d := newDiagnostics(t)
	d.opened = make(chan struct{}) // a disk that hangs
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := d.awaitOpened(ctx, d.opened); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want that its context is done", err)
	}
	synctest.Test(t, func(t *testing.T) {
		opened := make(chan struct{})
		if err := d.awaitOpened(t.Context(), opened); err != nil || !off(d, partStart) {
			t.Errorf("error %v, off %v: want a part that is off after a while", err, d.parts.List())
		}
		close(opened)
		synctest.Wait()
		if off(d, partStart) {
			t.Error("still off when the disk has answered")
		}
	})
}

func off(d *Diagnostics, part string) bool {
	return slices.ContainsFunc(d.parts.List(), func(p report.DisabledPart) bool { return p.Part == part })
}

// As nobody with a read-only root: the commonest container there is.
func TestAFolderThatCannotBeMadeIsAPartThatIsOffUntilADumpSucceeds(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dumps")
	if err := os.WriteFile(dir, nil, 0o600); err != nil { // a file in the folder's place
		t.Fatal(err)
	}
	var out bytes.Buffer
	d := newDiagnostics(t, WithDumpDir(dir), WithLogger(slog.New(slog.NewTextHandler(&out, nil))))
	reader := sdkmetric.NewManualReader()
	start(t, d, sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)))
	r, err := d.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(r.Disabled, func(p report.DisabledPart) bool { return p.Part == partDumps })
	if i < 0 || !strings.Contains(r.Disabled[i].Reason, "mkdir "+dir) {
		t.Errorf("off %v, want the dumps, with the true cause", r.Disabled)
	}
	if _, ok := collect(t, reader)["otelmem.self.disabled"]; !ok {
		t.Error("no metric says so")
	}
	if _, err := d.Dump(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "mkdir "+dir) {
		t.Errorf("Dump: %v", err)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Dump(t.Context(), "x"); err != nil || off(d, partDumps) {
		t.Errorf("Dump: %v, off %v, want that it works again", err, d.parts.List())
	}
	if err := d.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); !strings.Contains(text, "kind=DISABLED part=dumps") {
		t.Errorf("the log says nothing of it:\n%s", text)
	}
}
