package otelmem

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

func TestHistoryGrowsWhileDiagnosticsRun(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d, err := New(WithEnabled(true), WithLogFile("none"), WithDumpDir(dir))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Start(context.Background(), nil, nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10*time.Second + time.Millisecond)
		synctest.Wait()
		if n := len(d.History()); n != 11 {
			t.Errorf("%d points after 10 s, want 11", n)
		}
		select {
		case <-d.Done():
			t.Error("done before Shutdown")
		default:
		}
		if err := d.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
		<-d.Done()
	})
}

func TestWhoLooksOnGetsNothingFromDiagnosticsThatAreOff(t *testing.T) {
	d, err := New(WithEnabled(false))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Dumps(); err == nil || d.Spans(5) != nil || len(d.History()) != 0 || d.Thresholds() != nil || d.Done() != nil {
		t.Error("diagnostics that are off have something to show")
	}
}

func TestSpansAreBoundedTheLargestFirst(t *testing.T) {
	d, err := New(WithEnabled(true), WithLogFile("none"), WithDumpDir(t.TempDir()), WithResolution(1))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Shutdown(context.Background()) }()
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(d.SpanProcessor(nil)))
	for i := range 5 {
		_, span := tp.Tracer("test").Start(t.Context(), fmt.Sprint("keeps ", i))
		grow(t, i<<20)
		span.End()
	}
	all := d.Spans(100)
	largestFirst := func(a, b report.Span) int { return cmp.Compare(b.Largest(), a.Largest()) }
	if len(all) != 5 || !slices.IsSortedFunc(all, largestFirst) || all[0].Largest() < 3<<20 {
		t.Errorf("spans %v, want all five, the largest first", all)
	}
	if two := d.Spans(2); !slices.Equal(two, all[:2]) {
		t.Errorf("spans %v, want the two largest", two)
	}
	if n := len(d.Spans(-1)); n != 0 {
		t.Errorf("%d spans, want none", n)
	}
}
