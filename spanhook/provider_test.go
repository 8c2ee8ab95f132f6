package spanhook_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/spanhook"
)

// wrapped returns a provider of the SDK behind a hook, and what it exports. The hook
// names operations, so that names are asked for.
func wrapped(t *testing.T, hook *spanhook.Hook, opts ...sdktrace.TracerProviderOption) (trace.TracerProvider, *tracetest.InMemoryExporter) {
	t.Helper()
	exporter := tracetest.NewInMemoryExporter()
	tp := sdktrace.NewTracerProvider(append(opts, sdktrace.WithSyncer(exporter))...)
	t.Cleanup(func() { _ = tp.Shutdown(context.Background()) })
	return hook.TracerProvider(tp), exporter
}

// byRoute names a span as the attribute http.route says.
func byRoute(s sdktrace.ReadOnlySpan) (operation, category string) {
	for _, kv := range s.Attributes() {
		if kv.Key == "http.route" {
			return s.Name() + " " + kv.Value.AsString(), "cat_" + s.Name()
		}
	}
	return s.Name(), "cat_" + s.Name()
}

// count is how many attributes of the module a span has.
func count(attributes []attribute.KeyValue) (n int) {
	for _, kv := range attributes {
		if strings.HasPrefix(string(kv.Key), "otelmem.") {
			n++
		}
	}
	return n
}

func TestAWrappedProviderSetsGrowth(t *testing.T) {
	process := newProcess()
	var grown []*spanhook.Growth
	hook := spanhook.New(process.read, spanhook.WithNames(byRoute), spanhook.WithSink(func(g *spanhook.Growth) { grown = append(grown, g) }))
	sdk, exporter := wrapped(t, hook)
	theirs := new(otherProvider)
	for name, provider := range map[string]trace.TracerProvider{"SDK": sdk, "another": hook.TracerProvider(theirs)} {
		t.Run(name, func(t *testing.T) {
			grown = nil
			_, span := provider.Tracer("service", trace.WithInstrumentationVersion("1.2")).Start(t.Context(), "GE",
				trace.WithAttributes(attribute.String("http.route", "/")), trace.WithSpanKind(trace.SpanKindServer))
			span.SetName("GET")
			span.SetAttributes(attribute.String("http.route", "/api"), attribute.String("own", "kept"))
			if running := hook.Running(); len(running) != 1 || running[0].Span.Name() != "GET" {
				t.Errorf("running %+v", running)
			}
			process.grow(20*mib, 70*mib)
			span.End()
			span.End(trace.WithTimestamp(time.Now().Add(time.Hour)))
			process.grow(gib, 0)

			got := theirs.last()
			if name == "SDK" {
				got = exporter.GetSpans()[0].Attributes
			}
			set := attribute.NewSet(got...)
			for key, want := range map[attribute.Key]any{
				"http.route":              "/api",
				"own":                     "kept",
				"otelmem.category":        "cat_GET",
				"otelmem.rss.growth":      90 * mib,
				"otelmem.heap.growth":     20 * mib,
				"otelmem.external.growth": 70 * mib,
				"otelmem.heap.allocated":  20 * mib,
				"otelmem.heap.share":      20 * mib,
				"otelmem.concurrency":     1.0,
				"otelmem.growth.bucket":   "64MiB+",
				"otelmem.gc.cycles":       int64(1),
			} {
				if v, _ := set.Value(key); v.AsInterface() != want {
					t.Errorf("%s = %v, want %v", key, v.AsInterface(), want)
				}
			}
			if n := count(got); n != 9 {
				t.Errorf("%d attributes of growth, want 9: %v", n, got)
			}
			if len(grown) != 1 {
				t.Fatalf("%d growths, want 1", len(grown))
			}
			g := grown[0]
			if g.Operation() != "GET /api" || g.Heap != 20*mib || !g.LocalRoot {
				t.Errorf("operation %q grew by %d, local root %t", g.Operation(), g.Heap, g.LocalRoot)
			}
			s := g.Span
			if !s.SpanContext().Equal(span.SpanContext()) || s.SpanKind() != trace.SpanKindServer || s.InstrumentationScope().Version != "1.2" ||
				s.EndTime().Before(s.StartTime()) || s.EndTime().After(time.Now()) || s.StartTime().IsZero() || count(s.Attributes()) != 0 {
				t.Errorf("the span is %v %v of %v, from %v to %v, with %v", s.SpanContext(), s.SpanKind(), s.InstrumentationScope(), s.StartTime(), s.EndTime(), s.Attributes())
			}
			if n := hook.Stats().InFlight; n != 0 {
				t.Errorf("%d in flight after the end", n)
			}
		})
	}
}

// Of forty operations at once one in a hundred is recorded: it did not run alone.
func TestAWrappedProviderCountsWhatTheSamplerDrops(t *testing.T) {
	for name, processor := range map[string]bool{"without a processor": false, "beside a processor": true} {
		t.Run(name, func(t *testing.T) {
			const together, rounds = 40, 1000
			var sampled, measured int
			var mean float64
			names := make(map[string]int)
			hook := spanhook.New(newProcess().read, spanhook.WithNames(byRoute), spanhook.WithSink(func(g *spanhook.Growth) {
				names[g.Operation()]++
				measured++
				if g.Span.SpanContext().IsSampled() {
					sampled++
					mean += g.Concurrency
				}
				if !g.HasShare {
					t.Fatal("shares are not known")
				}
			}))
			opts := []sdktrace.TracerProviderOption{sdktrace.WithSampler(sdktrace.TraceIDRatioBased(0.01))}
			if processor {
				opts = append(opts, sdktrace.WithSpanProcessor(hook.Processor(nil)))
			}
			provider, exporter := wrapped(t, hook, opts...)
			tracer := provider.Tracer("service")
			for range rounds {
				var spans [together]trace.Span
				for i := range spans {
					_, spans[i] = tracer.Start(t.Context(), "request")
					spans[i].SetName("GET")
					spans[i].SetAttributes(attribute.String("http.route", "/api"))
				}
				for _, span := range spans {
					span.End()
				}
			}
			if n := len(exporter.GetSpans()); n != sampled || n < rounds*together/200 || n > rounds*together/50 {
				t.Fatalf("%d spans left, %d sampled", n, sampled)
			}
			if measured != rounds*together || names["GET /api"] != measured {
				t.Errorf("%d spans were measured, want %d: %v", measured, rounds*together, names)
			}
			if mean /= float64(sampled); mean < together/3 {
				t.Errorf("%.1f operations in flight on average, want at least %d", mean, together/3)
			}
			if hook.Stats().HeadSampled {
				t.Error("head sampling is told, though nothing is missed")
			}
		})
	}
}

// Trace ids of some vendors are below a bound without any sampler.
func TestTraceIDsOfAnotherProviderSayNothing(t *testing.T) {
	hook := spanhook.New(newProcess().read)
	tracer := hook.TracerProvider(new(otherProvider)).Tracer("service")
	for range 4000 {
		_, span := tracer.Start(t.Context(), "request")
		span.End()
	}
	if hook.Stats().HeadSampled {
		t.Error("head sampling is told")
	}
}

func TestAProcessorAndAWrappedProviderMeasureASpanOnce(t *testing.T) {
	process := newProcess()
	var measured []string
	hook := spanhook.New(process.read, spanhook.WithSink(func(g *spanhook.Growth) { measured = append(measured, g.Span.Name()) }))
	exporter := tracetest.NewInMemoryExporter()
	for name, test := range map[string]struct {
		sampler sdktrace.Sampler
		left    int
	}{
		"all":     {sdktrace.AlwaysSample(), 1},
		"dropped": {sdktrace.NeverSample(), 0},
	} {
		t.Run(name, func(t *testing.T) {
			measured = nil
			exporter.Reset()
			sdk := sdktrace.NewTracerProvider(sdktrace.WithSampler(test.sampler), sdktrace.WithSpanProcessor(hook.Processor(sdktrace.NewSimpleSpanProcessor(exporter))))
			_, span := hook.TracerProvider(hook.TracerProvider(sdk)).Tracer("service").Start(t.Context(), name)
			process.grow(mib, 0)
			span.End()
			if !slices.Equal(measured, []string{name}) {
				t.Errorf("measured %q", measured)
			}
			left := exporter.GetSpans()
			if len(left) != test.left {
				t.Fatalf("%d spans left, want %d", len(left), test.left)
			}
			for _, s := range left {
				if n := count(s.Attributes); n != 7 {
					t.Errorf("%d attributes of growth, want 7: %v", n, s.Attributes)
				}
			}
		})
	}
}

func TestAWrappedProviderLeavesOtherSpansAlone(t *testing.T) {
	process := newProcess()
	for name, test := range map[string]struct {
		next  trace.TracerProvider
		scope string
		stop  bool
	}{
		"an event":       {sdktrace.NewTracerProvider(), attrs.ScopeEvents, false},
		"no-op":          {noop.NewTracerProvider(), "service", false},
		"none":           {nil, "service", false},
		"no SDK so far":  {otel.GetTracerProvider(), "service", false},
		"a stopped hook": {sdktrace.NewTracerProvider(), "service", true},
	} {
		t.Run(name, func(t *testing.T) {
			hook := spanhook.New(process.read, spanhook.WithSink(func(g *spanhook.Growth) { t.Errorf("%s was measured", g.Span.Name()) }))
			if test.stop {
				hook.Stop()
			}
			tracer := hook.TracerProvider(test.next).Tracer(test.scope)
			caller := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}, TraceFlags: trace.FlagsSampled})
			for _, ctx := range []context.Context{t.Context(), trace.ContextWithSpanContext(t.Context(), caller)} {
				_, span := tracer.Start(ctx, "work")
				if n := hook.Stats().InFlight; n != 0 {
					t.Errorf("%d in flight", n)
				}
				span.End()
				if s, ok := span.(sdktrace.ReadOnlySpan); ok && count(s.Attributes()) != 0 {
					t.Errorf("attributes %v", s.Attributes())
				}
			}
		})
	}
}

// A deadlock of the service at its start would be worse than spans without growth.
func TestTheGlobalProviderNeverBecomesItsOwn(t *testing.T) {
	global := otel.GetTracerProvider()
	if spanhook.New(newProcess().read).TracerProvider(global) != global {
		t.Error("the global provider is wrapped before it has an SDK")
	}
}

func TestASpanThatEndsAfterTheHookWasStoppedPassesUnchanged(t *testing.T) {
	hook := spanhook.New(newProcess().read)
	provider, exporter := wrapped(t, hook)
	_, span := provider.Tracer("service").Start(t.Context(), "work")
	hook.Stop()
	span.End()
	if left := exporter.GetSpans(); len(left) != 1 || count(left[0].Attributes) != 0 {
		t.Errorf("left: %+v", left)
	}
}

func TestAPanicIsRecordedAndGoesOn(t *testing.T) {
	process := newProcess()
	hook := spanhook.New(process.read)
	provider, exporter := wrapped(t, hook)
	theirs := new(otherProvider)
	for _, p := range []trace.TracerProvider{provider, hook.TracerProvider(theirs)} {
		func() {
			defer func() {
				if got := recover(); got != "boom" {
					t.Errorf("the panic is %v", got)
				}
			}()
			_, span := p.Tracer("service").Start(t.Context(), "work")
			defer span.End(trace.WithStackTrace(true))
			process.grow(mib, 0)
			panic("boom")
		}()
	}
	left := exporter.GetSpans()
	if len(left) != 1 || len(left[0].Events) != 1 || count(left[0].Attributes) == 0 {
		t.Fatalf("left: %+v", left)
	}
	event := attribute.NewSet(left[0].Events[0].Attributes...)
	if message, _ := event.Value("exception.message"); message.AsString() != "boom" {
		t.Errorf("the event is %v", event)
	}
	if stack, _ := event.Value("exception.stacktrace"); !strings.Contains(stack.AsString(), "TestAPanicIsRecorded") {
		t.Errorf("the stack lacks what panicked: %s", stack.AsString())
	}
	if count(theirs.last()) == 0 {
		t.Error("the other provider's span has no growth")
	}
}

func TestAWrappedSpanIsAsTheSDKs(t *testing.T) {
	hook := spanhook.New(newProcess().read)
	provider, exporter := wrapped(t, hook)
	ctx, parent := provider.Tracer("service").Start(t.Context(), "parent", trace.WithAttributes(attribute.Int("n", 1)))
	if trace.SpanFromContext(ctx) != parent {
		t.Error("the context has another span")
	}
	read, ok := parent.(sdktrace.ReadOnlySpan)
	if !ok || read.Name() != "parent" || len(read.Attributes()) != 1 {
		t.Errorf("the span cannot be read: %v", read)
	}
	if parent.TracerProvider() != provider {
		t.Error("the span's provider measures nothing")
	}
	_, child := parent.TracerProvider().Tracer("library").Start(ctx, "child")
	child.End()
	parent.End()
	left := exporter.GetSpans()
	if len(left) != 2 || left[0].Parent.SpanID() != parent.SpanContext().SpanID() || count(left[1].Attributes) == 0 || parent.IsRecording() {
		t.Errorf("left: %+v", left)
	}
}

func TestAWrappedProviderPassesFlushAndShutdownOn(t *testing.T) {
	exporter := tracetest.NewInMemoryExporter()
	hook := spanhook.New(newProcess().read)
	type provider interface {
		ForceFlush(context.Context) error
		Shutdown(context.Context) error
	}
	next := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	p := hook.TracerProvider(next).(provider)
	_, span := hook.TracerProvider(next).Tracer("service").Start(t.Context(), "work")
	span.End()
	if err := p.ForceFlush(t.Context()); err != nil || len(exporter.GetSpans()) != 1 {
		t.Errorf("%d spans after a flush, error %v", len(exporter.GetSpans()), err)
	}
	if err := p.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if _, span := next.Tracer("service").Start(t.Context(), "work"); span.SpanContext().IsValid() {
		t.Error("next was not shut down")
	}
	if p := hook.TracerProvider(new(otherProvider)).(provider); p.ForceFlush(t.Context()) != nil || p.Shutdown(t.Context()) != nil {
		t.Error("a provider without these methods fails")
	}
}

func TestAWrappedProviderThatPanicsInReadingIsContained(t *testing.T) {
	process := newProcess()
	calls := 0
	var reasons []string
	hook := spanhook.New(func() spanhook.Reading {
		if calls++; calls == 2 {
			panic("no reading")
		}
		return process.read()
	}, spanhook.WithOnDisable(func(reason string) { reasons = append(reasons, reason) }))
	provider, exporter := wrapped(t, hook)
	for range 2 {
		_, span := provider.Tracer("service").Start(t.Context(), "work")
		span.End()
	}
	if len(reasons) != 1 || len(exporter.GetSpans()) != 2 {
		t.Errorf("%d spans left, reasons %q", len(exporter.GetSpans()), reasons)
	}
}

func TestWrappedProvidersInConcurrentUse(t *testing.T) {
	hook := spanhook.New(newProcess().read, spanhook.WithNames(byRoute), spanhook.WithStacks())
	sdk, _ := wrapped(t, hook, sdktrace.WithSampler(sdktrace.TraceIDRatioBased(0.5)))
	for _, provider := range []trace.TracerProvider{sdk, hook.TracerProvider(new(otherProvider))} {
		tracer := provider.Tracer("service")
		_, shared := tracer.Start(t.Context(), "shared")
		var running sync.WaitGroup
		for i := range 8 {
			running.Go(func() {
				for range 200 {
					ctx, root := tracer.Start(t.Context(), "root")
					_, inner := tracer.Start(ctx, "inner")
					shared.SetName(fmt.Sprint(i))
					hook.Stats()
					inner.End()
					root.End()
				}
				shared.End()
			})
		}
		running.Wait()
	}
	if n := hook.Stats().InFlight; n != 0 {
		t.Errorf("%d in flight after the end", n)
	}
}
