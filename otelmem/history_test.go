package otelmem

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/verdict"
)

func TestHistoryOfADayIsBoundedAndCoversEveryScale(t *testing.T) {
	var h history
	began := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	const day = 24 * 60 * 60
	for i := range day {
		h.add(memstat.Snapshot{Time: began.Add(time.Duration(i) * time.Second), RSS: int64(i)})
	}
	points := h.list()
	if len(points) != historyPoints {
		t.Fatalf("%d points, want %d", len(points), historyPoints)
	}
	if first, last := points[0].RSS, points[len(points)-1].RSS; first != 0 || last != day-1 {
		t.Errorf("points from %d to %d, want 0 to %d", first, last, day-1)
	}
	for _, over := range []int64{600, 3600, day} {
		n := 0
		for _, p := range points {
			if p.RSS >= day-over {
				n++
			}
		}
		if n < 100 {
			t.Errorf("%d points in the last %d s, want 100 or more", n, over)
		}
	}
}

func TestHistoryGrowsWhileDiagnosticsRun(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d, err := New(WithEnabled(true), WithLogFile(""), WithDumpDir(dir))
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

func TestCourseHasTheRateOfLateAndFewPoints(t *testing.T) {
	began := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	var points []verdict.Point
	for i := range 64 {
		// Quiet for long, then 10 bytes a second.
		points = append(points, verdict.Point{
			Time: began.Add(time.Duration(i) * 15 * time.Second), Live: float64(i), Allocated: float64(max(0, i-50) * 150),
		})
	}
	c := newCourse(points)
	if c.rate != 10 {
		t.Errorf("rate %v, want 10", c.rate)
	}
	if len(c.points) != operationPoints || c.points[0].Live != 0 || c.points[operationPoints-1].Live != 63 {
		t.Errorf("points %v, want %d from 0 to 63", c.points, operationPoints)
	}
	if c := newCourse(points[:1]); c.rate != 0 || c.points != nil {
		t.Errorf("course of one point: %v, want none", c)
	}
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
	d, err := New(WithEnabled(true), WithLogFile(""), WithDumpDir(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Shutdown(context.Background()) }()
	end := time.Now()
	for i := range 5 {
		d.book.add(&Span{Operation: "o", Category: "c", Heap: int64(i), End: end, context: tracetest.SpanStub{}.SpanContext})
	}
	if spans := d.Spans(2); len(spans) != 2 || spans[0].Heap != 4 || spans[1].Heap != 3 {
		t.Errorf("spans %v, want the two largest", spans)
	}
	if n := len(d.Spans(-1)); n != 0 {
		t.Errorf("%d spans, want none", n)
	}
}
