package setups

import (
	"context"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/otlptest"
	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// What a request keeps is eight times the rate: figures are exact.
func TestMain(m *testing.M) {
	runtime.MemProfileRate = size / 8
	os.Exit(m.Run())
}

func TestWhatEachSetUpSends(t *testing.T) {
	for i := range table {
		r := &table[i]
		t.Run(r.name, func(t *testing.T) {
			if r.has.lasts > 0 {
				t.Parallel()
			}
			// Tags outlive a row: each has operations of its own.
			path := fmt.Sprintf("/api/setup%c%c", 'a'+i/26, 'a'+i%26)
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			service, receiver := r.has.start(t)
			served := r.serve(ctx, service.provider.Tracer("service"), path)
			for range events {
				if _, err := service.mem.Dump(ctx, "by hand"); err != nil {
					t.Fatal(err)
				}
			}
			report := service.report(ctx, t, path)
			if err := service.shutdown(ctx); err != nil {
				t.Fatal(err)
			}
			r.arrives.check(t, &arrived{receiver: receiver, report: report, path: path, requests: len(served), has: &r.has})
			runtime.KeepAlive(served)
		})
	}
}

// report is what is known when the heap profile has been read that has all that is
// kept. Soon after the start that is the first report; later it is seconds old.
func (s *service) report(ctx context.Context, t *testing.T, path string) *report.Report {
	t.Helper()
	for {
		r, err := s.mem.Report(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if o := operation(r, path); o != nil && o.Live >= kept*size*99/100 {
			return r
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// operation is that of the requests, nil where the report lacks it.
func operation(r *report.Report, path string) *report.Operation {
	i := slices.IndexFunc(r.Operations, func(o report.Operation) bool { return o.Name == "GET "+path })
	if i < 0 {
		return nil
	}
	return &r.Operations[i]
}

// serve answers requests of one operation, some at a time, and returns what they keep.
func (r *row) serve(ctx context.Context, tracer trace.Tracer, path string) [][]byte {
	n := requests
	if r.has.sampler == ratio {
		n = sampledFrom
	}
	began := time.Now()
	keep := make([][]byte, n)
	for i := 0; i < n; i += together {
		var spans [together]trace.Span
		for j := range spans {
			var in context.Context
			in, spans[j] = tracer.Start(ctx, "GET "+path, trace.WithSpanKind(trace.SpanKindServer), trace.WithNewRoot(),
				trace.WithAttributes(attribute.String("http.request.method", "GET"), attribute.String("http.route", path)))
			_, query := tracer.Start(in, "query "+path)
			otelmem.Do(in, "GET "+path, func(context.Context) {
				if i+j < kept {
					keep[i+j] = make([]byte, size)
				}
			})
			query.End()
		}
		for _, span := range spans {
			span.End()
		}
		if r.has.lasts > 0 { // spread over its time
			time.Sleep(r.has.lasts*time.Duration(i+together)/time.Duration(n) - time.Since(began))
		}
	}
	runtime.GC()
	runtime.GC()
	return keep
}

// arrived is what is at the receiver, and what it is compared with.
type arrived struct {
	receiver *otlptest.Receiver
	report   *report.Report
	path     string
	requests int
	has      *configured
}

func (want *arriving) check(t *testing.T, got *arrived) {
	t.Helper()
	var served []otlptest.Span
	for _, s := range got.receiver.Spans() {
		if strings.HasSuffix(s.GetName(), got.path) {
			served = append(served, s)
		}
	}
	// Each request has two spans.
	if n := len(served); !want.spans.is(n, 2*max(1, want.copies)*got.requests) {
		t.Errorf("%d spans arrived", n)
	}
	var first, growth, known, lately int
	var mean float64
	for i, s := range served {
		n := 0
		for _, kv := range s.GetAttributes() {
			if kv.GetKey() == "otelmem.heap.growth" || kv.GetKey() == "otelmem.category" {
				n++
			}
		}
		// What grew nothing says so once a trace.
		if root := len(s.GetParentSpanId()) == 0; !root {
			continue
		}
		first++
		if n == 2 {
			growth++
		}
		if c, ok := s.Attr("otelmem.concurrency").(float64); ok {
			known++
			mean += c
			if i > len(served)*9/10 {
				lately++
			}
		}
	}
	if w := map[bool]int{true: first}[want.growth]; growth != w {
		t.Errorf("%d of %d requests have growth, want %d", growth, first, w)
	}
	switch mean /= float64(known); {
	case want.concurrency && (known == 0 || mean < minConcurrency): // those that grew say it
		t.Errorf("%d of %d requests say how many ran at once, %.1f on average, want %d", known, first, mean, together)
	case !want.concurrency && lately > 0: // it takes some traces to find out
		t.Errorf("%d of the last requests say how many ran at once, which nobody knows", lately)
	}
	profiles := got.receiver.SpansNamed("otelmem.heap_profile_written")
	switch n := len(profiles); {
	case want.events && n != max(1, want.copies)*events:
		t.Errorf("%d event spans arrived, want %d", n, max(1, want.copies)*events)
	case !want.events && n >= events/2: // the sampler may keep one
		t.Errorf("%d event spans arrived", n)
	}
	for _, s := range profiles {
		if s.Attr("otelmem.dump.path") == nil {
			t.Fatalf("an event does not say where the heap profile is: %v", s)
		}
	}
	got.checkMetrics(t, want)
	got.checkNotices(t, want.notices)
}

// is says whether n is the share of whole.
func (s share) is(n, whole int) bool {
	switch s {
	case all:
		return n == whole
	case sampled:
		return n > whole/oneIn/2 && n < whole/oneIn*2
	default:
		return n == 0
	}
}

// mustArrive are the metrics that every service has.
var mustArrive = []string{
	"otelmem.memory.live", "otelmem.memory.allocated", "otelmem.memory.external", "otelmem.dumps",
	"otelmem.self.memory.usage", "otelmem.self.profile.duration", "otelmem.self.span.untracked",
	"otelmem.self.operation.overflowed", "otelmem.self.category.overflowed",
}

func (got *arrived) checkMetrics(t *testing.T, want *arriving) {
	t.Helper()
	for _, name := range mustArrive {
		if _, ok := got.receiver.LastMetric(name); !ok {
			t.Errorf("%s did not arrive", name)
		}
	}
	o := operation(got.report, got.path)
	if !want.calls.is(int(o.Calls), got.requests) {
		t.Errorf("%d calls of %d are reported", o.Calls, got.requests)
	}
	for name, want := range map[string]int64{
		"otelmem.memory.live": o.Live, "otelmem.memory.allocated": o.Allocated,
		"otelmem.operations": o.Calls, "otelmem.span.growth": o.Calls,
	} {
		if n := got.sum(t, name, o.Category); math.Abs(n-float64(want)) > maxDifference*float64(want) {
			t.Errorf("%s of %s is %.0f in what arrived, and %d in the report", name, o.Category, n, want)
		}
	}
}

// sum is a metric's value for a category; of a histogram the count, of growth of the
// heap. Cumulative exports replace each other, and those of deltas add up.
func (got *arrived) sum(t *testing.T, name, category string) (sum float64) {
	t.Helper()
	for _, m := range got.receiver.Metrics() {
		if m.GetName() != name {
			continue
		}
		value, delta := 0., false
		switch {
		case m.GetSum() != nil:
			delta = m.GetSum().GetAggregationTemporality() == 1
			for _, p := range m.GetSum().GetDataPoints() {
				if otlptest.Attr(p.GetAttributes(), "otelmem.category") == category {
					value += float64(p.GetAsInt()) + p.GetAsDouble()
				}
			}
		case m.GetHistogram() != nil:
			if got.has.histogram != "" {
				t.Errorf("the histogram %s has explicit buckets", name)
			}
			delta = m.GetHistogram().GetAggregationTemporality() == 1
			for _, p := range m.GetHistogram().GetDataPoints() {
				if isGrowth(otlptest.Attrs(p.GetAttributes()), category) {
					value += float64(p.GetCount())
				}
			}
		case m.GetExponentialHistogram() != nil:
			delta = m.GetExponentialHistogram().GetAggregationTemporality() == 1
			for _, p := range m.GetExponentialHistogram().GetDataPoints() {
				if isGrowth(otlptest.Attrs(p.GetAttributes()), category) {
					value += float64(p.GetCount())
				}
			}
		}
		if !delta {
			sum = 0
		}
		sum += value
	}
	return sum
}

func isGrowth(attributes map[string]any, category string) bool {
	return attributes["otelmem.category"] == category && attributes["otelmem.memory.type"] == "heap"
}

// checkNotices compares what the report says is missing. That no span has passed it
// says after a minute only.
func (got *arrived) checkNotices(t *testing.T, want []string) {
	t.Helper()
	if len(got.report.Notices) != len(want) {
		t.Errorf("notices %q, want %q", got.report.Notices, want)
		return
	}
	for i, notice := range want {
		if !strings.Contains(got.report.Notices[i], notice) {
			t.Errorf("notice %q, want %q", got.report.Notices[i], notice)
		}
	}
}
