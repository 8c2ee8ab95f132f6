package spanstats

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/otelmem/report"
	"github.com/otelmem/otelmem-go/spanhook"
)

// suspectsOf are the suspects while so many spans are in flight and so many have ended.
// Those in flight grew by more than those that ended.
func suspectsOf(t *testing.T, inFlight, ended int) []dump.Suspect {
	t.Helper()
	tracer := sdktrace.NewTracerProvider().Tracer("test")
	var running []spanhook.Running
	for i := range inFlight {
		_, span := tracer.Start(t.Context(), fmt.Sprint("runs ", i))
		running = append(running, spanhook.Running{Span: span.(sdktrace.ReadWriteSpan), Growth: int64(1000 + i)})
	}
	r := NewRecorder(func(reason string) { t.Error(reason) })
	for i := range ended {
		r.Statistics.add(&Span{Span: report.Span{Operation: fmt.Sprint("ended ", i), Category: "ended", Heap: int64(i + 1), End: time.Now()}})
	}
	return r.Suspects(running, func(s sdktrace.ReadOnlySpan) (string, string) { return s.Name(), "runs" })
}

func TestSuspectsInFlightDoNotCrowdOutThoseThatEnded(t *testing.T) {
	for _, test := range []struct {
		inFlight, ended         int // there are
		wantInFlight, wantEnded int // get a link
	}{
		{0, 0, 0, 0},
		{40, 40, 16, 16},
		{40, 3, 29, 3},
		{3, 40, 3, 29},
		{40, 0, 32, 0},
		{0, 40, 0, 32},
		{5, 6, 5, 6},
	} {
		suspects := suspectsOf(t, test.inFlight, test.ended)
		if n := len(suspects); n != test.inFlight+test.ended {
			t.Errorf("%d in flight and %d that ended: %d suspects, want all", test.inFlight, test.ended, n)
		}
		linked := suspects[:min(len(suspects), dump.MaxSuspects)]
		inFlight := slices.DeleteFunc(slices.Clone(linked), func(s dump.Suspect) bool { return !s.InFlight })
		if ended := len(linked) - len(inFlight); len(inFlight) != test.wantInFlight || ended != test.wantEnded {
			t.Errorf("%d in flight and %d that ended: linked to %d and %d, want %d and %d",
				test.inFlight, test.ended, len(inFlight), ended, test.wantInFlight, test.wantEnded)
		}
	}
}

func TestSuspectsOfEachKindAreThoseWithTheLargestGrowth(t *testing.T) {
	suspects := suspectsOf(t, 40, 40)[:dump.MaxSuspects]
	largestFirst := func(a, b dump.Suspect) int { return cmp.Compare(b.Growth, a.Growth) }
	if !slices.IsSortedFunc(suspects, largestFirst) {
		t.Errorf("suspects %+v, want the largest first", suspects)
	}
	if first := suspects[0]; first.Operation != "runs 39" || first.Category != "runs" || first.Growth != 1039 || !first.SpanContext.IsValid() {
		t.Errorf("the first is %+v, want the span in flight that grew the most", first)
	}
	if first := suspects[16]; first.Operation != "ended 39" || first.Category != "ended" || first.Growth != 40 || first.InFlight {
		t.Errorf("the first that ended is %+v, want the one that grew the most", first)
	}
}

func TestWhatEndedLongAgoIsNoSuspect(t *testing.T) {
	r := NewRecorder(func(reason string) { t.Error(reason) })
	for name, ago := range map[string]time.Duration{"just ended": suspectWindow / 2, "ended long ago": 2 * suspectWindow} {
		r.Statistics.add(&Span{Span: report.Span{Operation: name, Category: "ended", Heap: 1, End: time.Now().Add(-ago)}})
	}
	if suspects := r.Suspects(nil, nil); len(suspects) != 1 || suspects[0].Operation != "just ended" {
		t.Errorf("suspects %+v, want what just ended", suspects)
	}
}

// A span may wait in the queue when a threshold is crossed.
func TestSpansThatWaitToBeCountedAreSuspects(t *testing.T) {
	r := NewRecorder(func(reason string) { t.Error(reason) })
	hook := spanhook.New(func() spanhook.Reading { return spanhook.Reading{} }, spanhook.WithSink(r.Put))
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(hook.Processor(nil)))
	var context trace.SpanContext
	func() {
		_, span := tp.Tracer("test").Start(t.Context(), "waits")
		defer span.End()
		context = span.SpanContext()
	}()
	if suspects := r.Suspects(nil, nil); len(suspects) != 1 || !suspects[0].SpanContext.Equal(context) {
		t.Errorf("suspects %+v, want the span that waits", suspects)
	}
}
