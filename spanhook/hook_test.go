package spanhook_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/spanhook"
)

func TestSpanCarriesGrowth(t *testing.T) {
	process := newProcess()
	tracer, exporter, _ := setUp(t, process.read, spanhook.WithNames(func(s sdktrace.ReadOnlySpan) (string, string) { return s.Name(), "cat_" + s.Name() }))

	_, span := tracer.Start(t.Context(), "op", trace.WithAttributes(attribute.String("own", "kept")))
	process.grow(20*mib, 70*mib)
	span.End()

	got := exporter.GetSpans()[0]
	for key, want := range map[string]any{
		"own":                     "kept",
		"otelmem.category":        "cat_op",
		"otelmem.rss.growth":      90 * mib,
		"otelmem.heap.growth":     20 * mib,
		"otelmem.external.growth": 70 * mib,
		"otelmem.heap.allocated":  20 * mib,
		"otelmem.heap.share":      20 * mib,
		"otelmem.concurrency":     1.0,
		"otelmem.growth.bucket":   "64MiB+",
		"otelmem.gc.cycles":       int64(1),
	} {
		if v := attr(t, got, key).AsInterface(); v != want {
			t.Errorf("%s = %v, want %v", key, v, want)
		}
	}
}

func TestBuckets(t *testing.T) {
	for growth, want := range map[int64]string{
		-gib: "<1MiB", 0: "<1MiB", mib - 1: "<1MiB", mib: "1MiB+",
		4 * mib: "4MiB+", 16 * mib: "16MiB+", 64 * mib: "64MiB+",
		256 * mib: "256MiB+", gib: "1GiB+", 50 * gib: "1GiB+",
	} {
		const least = math.MinInt64
		for name, g := range map[string]*spanhook.Growth{
			"heap":     {Heap: growth, RSS: least, External: least},
			"RSS":      {Heap: least, RSS: growth, External: least},
			"external": {Heap: least, RSS: least, External: growth},
		} {
			if got := g.Bucket(); got != want {
				t.Errorf("bucket of %d bytes of %s is %s, want %s", growth, name, got, want)
			}
		}
	}
}

func TestShrinkingMemoryIsNegativeGrowth(t *testing.T) {
	process := newProcess()
	tracer, exporter, _ := setUp(t, process.read)
	_, span := tracer.Start(t.Context(), "op")
	process.grow(-3*mib, -mib)
	span.End()
	for key, want := range map[string]int64{
		"otelmem.heap.growth":     -3 * mib,
		"otelmem.heap.share":      -3 * mib,
		"otelmem.external.growth": -mib,
		"otelmem.rss.growth":      -4 * mib,
	} {
		if got := attr(t, exporter.GetSpans()[0], key).AsInt64(); got != want {
			t.Errorf("%s = %d, want %d", key, got, want)
		}
	}
}

func TestParentShareIncludesChildren(t *testing.T) {
	process := newProcess()
	tracer, exporter, _ := setUp(t, process.read)
	ctx, parent := tracer.Start(t.Context(), "parent")
	process.grow(1000, 0)
	_, child := tracer.Start(ctx, "child")
	process.grow(5000, 0)
	child.End()
	process.grow(200, 0)
	parent.End()

	spans := exporter.GetSpans()
	if got := attr(t, spans[0], "otelmem.heap.share").AsInt64(); got != 5000 {
		t.Errorf("child's share is %d, want 5000", got)
	}
	if got := attr(t, spans[1], "otelmem.heap.share").AsInt64(); got != 6200 {
		t.Errorf("parent's share is %d, want 6200", got)
	}
	if got := attr(t, spans[1], "otelmem.concurrency").AsFloat64(); got != 1 {
		t.Errorf("a child counts as an operation in flight: concurrency %v, want 1", got)
	}
}

func TestASpanWithARemoteParentIsALocalRoot(t *testing.T) {
	process := newProcess()
	var localRoots []string
	sink := func(g *spanhook.Growth) {
		if g.LocalRoot {
			localRoots = append(localRoots, g.Span.Name())
		}
	}
	tracer, exporter, _ := setUp(t, process.read, spanhook.WithSink(sink))
	caller := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}, TraceFlags: trace.FlagsSampled, Remote: true})
	ctx, request := tracer.Start(trace.ContextWithRemoteSpanContext(t.Context(), caller), "request")
	_, query := tracer.Start(ctx, "query")
	process.grow(1000, 0)
	query.End()
	request.End()
	if len(localRoots) != 1 || localRoots[0] != "request" {
		t.Errorf("local roots: %q, want the request alone", localRoots)
	}
	if got := attr(t, exporter.GetSpans()[1], "otelmem.heap.share").AsInt64(); got != 1000 {
		t.Errorf("the request's share is %d of 1000", got)
	}
}

// sameIDs is an id generator that is broken: all spans of its life have one id.
type sameIDs struct{}

func (sameIDs) NewIDs(context.Context) (trace.TraceID, trace.SpanID) {
	return trace.TraceID{1}, trace.SpanID{1}
}
func (sameIDs) NewSpanID(context.Context, trace.TraceID) trace.SpanID { return trace.SpanID{1} }

// A span that is not tracked must not stay in flight and dilute later shares.
func TestASecondSpanWithTheSameIDIsNotTracked(t *testing.T) {
	process := newProcess()
	exporter := tracetest.NewInMemoryExporter()
	hook := spanhook.New(process.read)
	tp := sdktrace.NewTracerProvider(sdktrace.WithIDGenerator(sameIDs{}),
		sdktrace.WithSpanProcessor(hook.Processor(sdktrace.NewSimpleSpanProcessor(exporter))))
	tracer := tp.Tracer("test")
	_, first := tracer.Start(t.Context(), "first")
	_, second := tracer.Start(t.Context(), "second")
	first.End()
	second.End()
	_, third := tracer.Start(t.Context(), "third")
	process.grow(1000, 0)
	third.End()
	if spans := exporter.GetSpans(); len(spans[1].Attributes) != 0 {
		t.Errorf("the second has %v, want no growth", spans[1].Attributes)
	} else if got := attr(t, spans[2], "otelmem.heap.share").AsInt64(); got != 1000 {
		t.Errorf("the third's share is %d of 1000 with nothing else in flight", got)
	}
}

func TestOverlappingOperationsShareTheGrowth(t *testing.T) {
	process := newProcess()
	tracer, exporter, _ := setUp(t, process.read)
	_, a := tracer.Start(t.Context(), "a")
	process.grow(100, 0)
	_, b := tracer.Start(t.Context(), "b")
	process.grow(1000, 0)
	a.End()
	process.grow(10, 0)
	b.End()
	spans := exporter.GetSpans()
	if got := attr(t, spans[0], "otelmem.heap.share").AsInt64(); got != 600 {
		t.Errorf("a's share is %d, want 100 + 1000/2", got)
	}
	if got := attr(t, spans[1], "otelmem.heap.share").AsInt64(); got != 510 {
		t.Errorf("b's share is %d, want 1000/2 + 10", got)
	}
	if got := attr(t, spans[0], "otelmem.concurrency").AsFloat64(); got <= 1 || got >= 2 {
		t.Errorf("a's mean concurrency is %v, want between 1 and 2", got)
	}
}

func TestUnknownResidentSetIsNotReportedAsZero(t *testing.T) {
	for name, rss := range map[string][]int64{
		"never known":      {0, 0},
		"not at the start": {0, mib},
		"not at the end":   {mib, 0},
	} {
		t.Run(name, func(t *testing.T) {
			tracer, exporter, _ := setUp(t, func() spanhook.Reading {
				now := rss[0]
				rss = rss[1:]
				return spanhook.Reading{Taken: 1, HeapObjects: 1, RSS: now}
			})
			_, span := tracer.Start(t.Context(), "op")
			span.End()
			for _, kv := range exporter.GetSpans()[0].Attributes {
				if kv.Key == "otelmem.rss.growth" || kv.Key == "otelmem.external.growth" {
					t.Errorf("%s = %d is given where the resident set is unknown", kv.Key, kv.Value.AsInt64())
				}
			}
		})
	}
}

func TestSeveralNextProcessorsSeeTheSameGrowthOnce(t *testing.T) {
	process := newProcess()
	sunk, reads := 0, 0
	read := func() spanhook.Reading { reads++; return process.read() }
	hook := spanhook.New(read, spanhook.WithSink(func(*spanhook.Growth) { sunk++ }))
	first, second := tracetest.NewInMemoryExporter(), tracetest.NewInMemoryExporter()
	firstProcessor := hook.Processor(sdktrace.NewSimpleSpanProcessor(first))
	tp := sdktrace.NewTracerProvider(
		sdktrace.WithSpanProcessor(firstProcessor),
		sdktrace.WithSpanProcessor(hook.Processor(sdktrace.NewSimpleSpanProcessor(second))))
	tracer := tp.Tracer("test")

	_, span := tracer.Start(t.Context(), "both")
	process.grow(mib, 0)
	span.End()
	for name, exporter := range map[string]*tracetest.InMemoryExporter{"first": first, "second": second} {
		if got := attr(t, exporter.GetSpans()[0], "otelmem.heap.growth").AsInt64(); got != mib {
			t.Errorf("%s exporter got %d, want 1 MiB", name, got)
		}
	}

	// One is shut down between a span's start and its end: the other goes on.
	_, span = tracer.Start(t.Context(), "one")
	process.grow(mib, 0)
	tp.UnregisterSpanProcessor(firstProcessor)
	span.End()
	spans := second.GetSpans()
	if got := attr(t, spans[len(spans)-1], "otelmem.heap.share").AsInt64(); got != mib {
		t.Errorf("after the other's shutdown: share %d, want 1 MiB", got)
	}
	if sunk != 2 || hook.Stats().InFlight != 0 {
		t.Errorf("%d growths for 2 spans, %d left in flight", sunk, hook.Stats().InFlight)
	}
	if reads != 4 {
		t.Errorf("memory was read %d times for 2 spans, want at the start and at the end of each", reads)
	}
}

// onEnd is a next processor that calls a function at each span's end.
type onEnd func(sdktrace.ReadOnlySpan)

func (onEnd) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (f onEnd) OnEnd(s sdktrace.ReadOnlySpan)                 { f(s) }
func (onEnd) Shutdown(context.Context) error                  { return nil }
func (onEnd) ForceFlush(context.Context) error                { return nil }

// Other spans end between a span's first processor and its second.
func TestSeveralProcessorsFindTheirSpanAmongOthersThatEnd(t *testing.T) {
	const others = 50
	hook := spanhook.New(newProcess().read)
	exporter := tracetest.NewInMemoryExporter()
	tp := sdktrace.NewTracerProvider()
	tracer := tp.Tracer("test")
	tp.RegisterSpanProcessor(hook.Processor(onEnd(func(s sdktrace.ReadOnlySpan) {
		if s.Name() == "op" {
			for range others {
				_, other := tracer.Start(context.Background(), "other")
				other.End()
			}
		}
	})))
	tp.RegisterSpanProcessor(hook.Processor(sdktrace.NewSimpleSpanProcessor(exporter)))
	_, span := tracer.Start(t.Context(), "op")
	span.End()
	spans := exporter.GetSpans()
	if len(spans) != others+1 {
		t.Fatalf("%d spans arrived, want %d", len(spans), others+1)
	}
	for _, s := range spans {
		attr(t, s, "otelmem.heap.growth")
	}
}

func TestAStoppedHookLetsSpansPassUnchanged(t *testing.T) {
	reads := 0
	process := newProcess()
	tracer, exporter, hook := setUp(t, func() spanhook.Reading { reads++; return process.read() })
	_, before := tracer.Start(t.Context(), "started before")
	hook.Stop()
	before.End()
	_, after := tracer.Start(t.Context(), "started after")
	after.End()
	for _, s := range exporter.GetSpans() {
		if len(s.Attributes) != 0 {
			t.Errorf("%q has %v, want no growth", s.Name, s.Attributes)
		}
	}
	if n := len(exporter.GetSpans()); n != 2 || reads != 1 || !hook.Stats().Disabled {
		t.Errorf("%d of 2 spans arrived, %d reads, disabled %t, want one read before the stop", n, reads, hook.Stats().Disabled)
	}
}

func TestNestedProcessorsAddAttributesOnce(t *testing.T) {
	process := newProcess()
	hook := spanhook.New(process.read)
	exporter := tracetest.NewInMemoryExporter()
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(hook.Processor(hook.Processor(sdktrace.NewSimpleSpanProcessor(exporter)))))
	_, span := tp.Tracer("test").Start(t.Context(), "op")
	span.End()
	if n := len(exporter.GetSpans()[0].Attributes); n != 1 {
		t.Errorf("%d attributes, want the heap's growth once", n)
	}
}

// Every trace has its growth, and what says nothing costs nothing.
func TestSpansThatGrewNothingSaySoOnceATrace(t *testing.T) {
	names := spanhook.WithNames(func(sdktrace.ReadOnlySpan) (operation, category string) { return "op", "cat" })
	for name, test := range map[string]struct {
		opts        []spanhook.Option
		root, child []string
	}{
		"by default": {nil, []string{"otelmem.category", "otelmem.heap.growth"}, nil},
		"all":        {[]spanhook.Option{spanhook.WithAllAttributes()}, allAttributes, allAttributes},
	} {
		t.Run(name, func(t *testing.T) {
			tracer, exporter, _ := setUp(t, newProcess().read, append(test.opts, names)...)
			ctx, root := tracer.Start(t.Context(), "root")
			_, child := tracer.Start(ctx, "child")
			child.End()
			root.End()
			for i, want := range [][]string{test.child, test.root} {
				var got []string
				for _, kv := range exporter.GetSpans()[i].Attributes {
					got = append(got, string(kv.Key))
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s has %q, want %q", exporter.GetSpans()[i].Name, got, want)
				}
			}
		})
	}
}

var allAttributes = []string{
	"otelmem.category", "otelmem.rss.growth", "otelmem.external.growth", "otelmem.heap.growth", "otelmem.heap.allocated",
	"otelmem.heap.share", "otelmem.concurrency", "otelmem.growth.bucket", "otelmem.gc.cycles",
}

func TestUnsampledSpansAreMeasured(t *testing.T) {
	process := newProcess()
	var growths []*spanhook.Growth
	hook := spanhook.New(process.read, spanhook.WithSink(func(g *spanhook.Growth) { growths = append(growths, g) }))
	exporter := tracetest.NewInMemoryExporter()
	tp := sdktrace.NewTracerProvider(
		sdktrace.WithSampler(sdktrace.AlwaysRecord(sdktrace.NeverSample())),
		sdktrace.WithSpanProcessor(hook.Processor(sdktrace.NewSimpleSpanProcessor(exporter))))
	_, span := tp.Tracer("test").Start(t.Context(), "op")
	process.grow(7, 0)
	span.End()
	if len(growths) != 1 || growths[0].Heap != 7 {
		t.Errorf("growths of an unsampled span: %v", growths)
	}
	if n := len(exporter.GetSpans()); n != 0 {
		t.Errorf("%d unsampled spans were exported", n)
	}
}

func TestSpanThatStartedBeforeTheProcessorPassesUnchanged(t *testing.T) {
	process := newProcess()
	exporter := tracetest.NewInMemoryExporter()
	hook := spanhook.New(process.read)
	tp := sdktrace.NewTracerProvider()
	// A provider without processors makes spans that do not record.
	tp.RegisterSpanProcessor(sdktrace.NewSimpleSpanProcessor(tracetest.NewInMemoryExporter()))
	_, span := tp.Tracer("test").Start(t.Context(), "early")
	tp.RegisterSpanProcessor(hook.Processor(sdktrace.NewSimpleSpanProcessor(exporter)))
	span.End()
	spans := exporter.GetSpans()
	if len(spans) != 1 || len(spans[0].Attributes) != 0 {
		t.Errorf("got %v, want one span without growth", spans)
	}
}

func TestSecondEndPassesUnchanged(t *testing.T) {
	process := newProcess()
	sunk := 0
	hook := spanhook.New(process.read, spanhook.WithSink(func(*spanhook.Growth) { sunk++ }))
	exporter := tracetest.NewInMemoryExporter()
	processor := hook.Processor(sdktrace.NewSimpleSpanProcessor(exporter))
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(processor))
	_, span := tp.Tracer("test").Start(t.Context(), "op")
	span.End()
	span.End() // the SDK drops this one
	processor.OnEnd(span.(sdktrace.ReadOnlySpan))
	if sunk != 1 || hook.Stats().InFlight != 0 {
		t.Errorf("%d growths for one span, %d in flight", sunk, hook.Stats().InFlight)
	}
}

// failing is a next processor that fails, to see its errors pass through.
type failing struct{ sdktrace.SpanProcessor }

var errFlush, errShutdown = errors.New("flush"), errors.New("shutdown")

func (failing) ForceFlush(context.Context) error { return errFlush }
func (failing) Shutdown(context.Context) error   { return errShutdown }

func TestErrorsOfNextPassThrough(t *testing.T) {
	p := spanhook.New(newProcess().read).Processor(failing{})
	if err := p.ForceFlush(t.Context()); !errors.Is(err, errFlush) {
		t.Errorf("ForceFlush: %v", err)
	}
	if err := p.Shutdown(t.Context()); !errors.Is(err, errShutdown) {
		t.Errorf("Shutdown: %v", err)
	}
	measuring := spanhook.New(newProcess().read).Processor(nil)
	if err := errors.Join(measuring.ForceFlush(t.Context()), measuring.Shutdown(t.Context())); err != nil {
		t.Errorf("without a next processor: %v", err)
	}
}

func TestPanicTurnsTheHookOffAndSpansGoOn(t *testing.T) {
	for name, read := range map[string]func(calls int){
		"at start": func(int) { panic("broken") },
		"at end": func(calls int) {
			if calls > 1 {
				panic("broken")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			calls, reasons := 0, 0
			tracer, exporter, hook := setUp(t, func() spanhook.Reading { calls++; read(calls); return spanhook.Reading{} },
				spanhook.WithOnDisable(func(string) { reasons++ }))
			for range 3 {
				_, span := tracer.Start(t.Context(), "op")
				span.End()
			}
			if n := len(exporter.GetSpans()); n != 3 {
				t.Errorf("%d of 3 spans arrived", n)
			}
			if !hook.Stats().Disabled || reasons != 1 {
				t.Errorf("disabled %t, reported %d times, want true and once", hook.Stats().Disabled, reasons)
			}
		})
	}
}

func TestPanickingNamerGivesOverflow(t *testing.T) {
	tracer, exporter, _ := setUp(t, newProcess().read, spanhook.WithNames(func(sdktrace.ReadOnlySpan) (string, string) { panic("user's bug") }))
	_, span := tracer.Start(t.Context(), "op")
	span.End()
	if got := attr(t, exporter.GetSpans()[0], "otelmem.category").AsString(); got != "_overflow" {
		t.Errorf("category %q, want _overflow", got)
	}
}

func TestRunningNamesLocalRootsInFlight(t *testing.T) {
	process := newProcess()
	tracer, _, hook := setUp(t, process.read)
	ctx, root := tracer.Start(t.Context(), "before routing")
	_, child := tracer.Start(ctx, "child")
	process.grow(mib, 0)
	root.SetName("GET /api/records")
	running := hook.Running()
	if len(running) != 1 || running[0].Span.Name() != "GET /api/records" || running[0].Growth != mib {
		t.Errorf("running: %+v", running)
	}
	child.End()
	root.End()
	if running := hook.Running(); len(running) != 0 {
		t.Errorf("still running after the end: %+v", running)
	}
}

func TestExamplesAreMarkedWhereTheyAreSampled(t *testing.T) {
	asked := 0
	examples := spanhook.WithExamples(func(operation string) bool {
		asked++
		return operation == "wanted"
	})
	var grown []*spanhook.Growth
	sink := spanhook.WithSink(func(g *spanhook.Growth) { grown = append(grown, g) })
	tracer, exporter, hook := setUp(t, newProcess().read, examples, sink)
	for _, name := range []string{"wanted", "other"} {
		_, span := tracer.Start(t.Context(), name)
		span.End()
	}
	unsampled := sdktrace.NewTracerProvider(sdktrace.WithSampler(recordOnly{}), sdktrace.WithSpanProcessor(hook.Processor(nil)))
	_, span := unsampled.Tracer("test").Start(t.Context(), "wanted")
	span.End()
	for i, want := range []bool{true, false, false} {
		if got := grown[i].Example(); got != want {
			t.Errorf("span %d is an example: %t, want %t", i, got, want)
		}
	}
	for i, s := range exporter.GetSpans() {
		if got := slices.Contains(s.Attributes, attribute.Bool("otelmem.leak.example", true)); got != (i == 0) {
			t.Errorf("%s is marked: %t", s.Name, got)
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times, want once a sampled span", asked)
	}
}

// recordOnly is a sampler of spans that are measured and not exported.
type recordOnly struct{}

func (recordOnly) ShouldSample(sdktrace.SamplingParameters) sdktrace.SamplingResult {
	return sdktrace.SamplingResult{Decision: sdktrace.RecordOnly}
}

func (recordOnly) Description() string { return "record only" }
