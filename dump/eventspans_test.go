package dump

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// orderedExporter notes how many files lay in the folder when a span left.
type orderedExporter struct {
	*tracetest.InMemoryExporter
	dir   string
	files map[string]int // by span name
}

func (e *orderedExporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	found, _ := filepath.Glob(filepath.Join(e.dir, "heapdump_*"))
	for _, s := range spans {
		e.files[s.Name()] = len(found)
	}
	return e.InMemoryExporter.ExportSpans(ctx, spans)
}

func TestCrossingSendsItsEventBeforeItWritesTheProfile(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		suspect := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled})
		exporter := &orderedExporter{InMemoryExporter: tracetest.NewInMemoryExporter(), dir: w.dir, files: make(map[string]int)}
		tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter, sdktrace.WithBatchTimeout(time.Hour)))
		d := w.dumper(Limit{Bytes: textfmt.GiB, Source: memstat.SourceCgroup},
			WithFunctions(func() map[string]Owner { return map[string]Owner{"main.sync": {Operation: "sync_stock"}} }),
			WithSuspects(func() []Suspect {
				return slices.Repeat([]Suspect{{SpanContext: suspect, Operation: "GET /api/records", Category: "api_records", Growth: 7, InFlight: true}}, 50)
			}))
		// The caller's span is none of the crossing's business.
		caller := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{3}, SpanID: trace.SpanID{4}})
		if err := d.Start(trace.ContextWithSpanContext(t.Context(), caller), tp); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := d.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
		}()

		w.use(130 * textfmt.MiB)
		crossed := w.await(Crossed)
		file := w.await(Written).File
		if err := tp.ForceFlush(t.Context()); err != nil {
			t.Fatal(err)
		}
		spans := exporter.GetSpans()
		if err := tp.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}

		if len(spans) != 2 || spans[0].Name != "otelmem.threshold_crossed" || spans[1].Name != "otelmem.heap_profile_written" {
			t.Fatalf("spans %v", spans.Snapshots())
		}
		if n, m := exporter.files[spans[0].Name], exporter.files[spans[1].Name]; n != 0 || m != 2 {
			t.Errorf("%d files were there when the event left and %d when the profile's did, want 0 and 2", n, m)
		}
		if spans[1].Parent.SpanID() != spans[0].SpanContext.SpanID() || spans[0].Parent.IsValid() {
			t.Error("want a root, and the written profile as its child")
		}
		if crossed.Threshold.Text != "128MiB" || crossed.Memory.RSS != 130*textfmt.MiB || crossed.Err != nil ||
			!crossed.SpanContext.Equal(spans[0].SpanContext) {
			t.Errorf("crossed %+v", crossed)
		}
		want(t, spans[0].Attributes, attrs.Threshold.Int64(128*textfmt.MiB), attrs.ThresholdText.String("128MiB"), attrs.Predicted.Bool(false),
			attrs.RSS.Int64(130*textfmt.MiB), attrs.Heap.Int64(130*textfmt.MiB), attrs.External.Int64(0), attrs.Limit.Int64(textfmt.GiB))
		want(t, spans[1].Attributes, attrs.DumpReason.String(ReasonThreshold), attrs.DumpPath.String(file.Path))
		if len(spans[0].Links) != MaxSuspects || !spans[0].Links[0].SpanContext.Equal(suspect) {
			t.Fatalf("%d links, want %d to the suspect", len(spans[0].Links), MaxSuspects)
		}
		want(t, spans[0].Links[0].Attributes, attrs.Operation.String("GET /api/records"), attrs.Category.String("api_records"),
			attrs.LargestGrowth.Int64(7), attrs.InFlight.Bool(true))
		if scope := spans[0].InstrumentationScope.Name; scope != attrs.ScopeEvents {
			t.Errorf("scope %q", scope)
		}
		if !strings.HasPrefix(filepath.Base(file.Path), "heapdump_threshold_128MB_20") {
			t.Errorf("name %s", file.Path)
		}
		checkModes(t, w.dir, file)
		metadata, err := ReadMetadata(file.MetadataPath)
		if err != nil {
			t.Fatal(err)
		}
		if metadata.TraceID != spans[0].SpanContext.TraceID().String() || metadata.SpanID != spans[0].SpanContext.SpanID().String() ||
			metadata.Threshold != 128*textfmt.MiB || metadata.Reason != ReasonThreshold || metadata.Limit != textfmt.GiB ||
			metadata.Memory.RSS != 130*textfmt.MiB || metadata.Build.Go == "" || len(metadata.Suspects) != MaxSuspects ||
			metadata.ProfileLag != 2 || metadata.Tags.Functions["main.sync"].Operation != "sync_stock" || metadata.Notes != nil || metadata.Process != os.Getpid() {
			t.Errorf("metadata file: %+v", metadata)
		}
	})
}

func want(t *testing.T, got []attribute.KeyValue, want ...attribute.KeyValue) {
	t.Helper()
	for _, kv := range want {
		if !slices.Contains(got, kv) {
			t.Errorf("attributes %v lack %v", got, kv)
		}
	}
}

func checkModes(t *testing.T, dir string, file File) {
	t.Helper()
	for path, want := range map[string]os.FileMode{dir: 0o700 | os.ModeDir, file.Path: 0o600, file.MetadataPath: 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode(), want)
		}
	}
}

func TestEventIsSentThoughThereIsNoRoomForTheProfile(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		exporter := tracetest.NewInMemoryExporter()
		tp := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))
		d := w.dumper(Limit{Bytes: 66 * textfmt.MiB, Source: memstat.SourceCgroup}, WithThresholds("64MiB"))
		w.start(d, tp)
		w.use(65 * textfmt.MiB)
		e := w.await(Skipped)
		if !strings.Contains(e.Text, "left below the limit") || e.Reason != ReasonThreshold {
			t.Errorf("skipped %+v", e)
		}
		if entries, err := d.List(); err != nil || len(entries) != 0 {
			t.Errorf("entries %v, %v, want none", entries, err)
		}
		if spans := exporter.GetSpans(); len(spans) != 1 || spans[0].Name != "otelmem.threshold_crossed" || !spans[0].SpanContext.Equal(e.SpanContext) {
			t.Errorf("the event is missing: %v", spans.Snapshots())
		}
	})
}

// stuckProvider never gets rid of its spans, and does not heed its context.
type stuckProvider struct {
	trace.TracerProvider
	free chan struct{}
}

func (p stuckProvider) ForceFlush(context.Context) error { <-p.free; return nil }

func TestProfileDoesNotWaitForAStuckCollector(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		tp := stuckProvider{sdktrace.NewTracerProvider(), make(chan struct{})}
		d := w.dumper(Limit{})
		if err := d.Start(t.Context(), tp); err != nil {
			t.Fatal(err)
		}
		w.use(70 * textfmt.MiB)
		start := time.Now()
		if e := w.await(Crossed); e.Err == nil || !strings.Contains(e.Text, "64MiB") {
			t.Errorf("crossed %+v, want the error of the flush", e)
		}
		w.await(Written)
		if took := time.Since(start); took > d.interval+flushTimeout {
			t.Errorf("it took %v", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := d.Shutdown(ctx); err == nil {
			t.Error("Shutdown says that all has ended")
		}
		close(tp.free)
		if err := d.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestManualDumpIsAChildOfItsCaller(t *testing.T) {
	w := newWorld(t)
	exporter := tracetest.NewInMemoryExporter()
	tp := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))
	d := w.dumper(Limit{})
	w.start(d, tp)
	ctx, caller := tp.Tracer("test").Start(t.Context(), "caller")
	file, err := d.Dump(ctx, "by hand")
	if err != nil {
		t.Fatal(err)
	}
	alone, err := d.Dump(t.Context(), "by hand")
	if err != nil {
		t.Fatal(err)
	}
	spans := exporter.GetSpans()
	if len(spans) != 2 || spans[0].Parent.SpanID() != caller.SpanContext().SpanID() || spans[1].Parent.IsValid() {
		t.Fatalf("spans %v, want a child of the caller and a root", spans.Snapshots())
	}
	want(t, spans[0].Attributes, attrs.DumpReason.String(ReasonManual), attrs.DumpPath.String(file.Path))
	for path, trace := range map[string]trace.TraceID{
		file.MetadataPath:  caller.SpanContext().TraceID(),
		alone.MetadataPath: spans[1].SpanContext.TraceID(),
	} {
		if metadata, err := ReadMetadata(path); err != nil || metadata.TraceID != trace.String() {
			t.Errorf("%s: trace %q, %v, want %s", path, metadata.TraceID, err, trace)
		}
	}
}

func TestFailedDumpHasAFailedSpan(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		if err := os.WriteFile(w.dir, nil, 0o600); err != nil { // a file in the folder's place
			t.Fatal(err)
		}
		exporter := tracetest.NewInMemoryExporter()
		w.start(w.dumper(Limit{}), sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)))
		w.after(time.Second)
		w.use(70 * textfmt.MiB)
		w.after(time.Second)
		spans := exporter.GetSpans()
		if len(spans) != 2 || spans[1].Status.Code != codes.Error || !strings.Contains(spans[1].Status.Description, w.dir) {
			t.Errorf("spans %v, want the profile's to have failed", spans.Snapshots())
		}
	})
}

// The SDK drops the first links and the last attributes of more than it keeps.
func TestSmallLimitsKeepTheBestSuspectAndThePath(t *testing.T) {
	exporter := tracetest.NewInMemoryExporter()
	limits := sdktrace.NewSpanLimits()
	limits.LinkCountLimit, limits.AttributeCountLimit = 1, 2
	tp := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter), sdktrace.WithRawSpanLimits(limits))
	events := newEventSpans(tp)
	suspect := func(id byte) Suspect {
		return Suspect{SpanContext: trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{id}, SpanID: trace.SpanID{id}})}
	}
	memory := Memory{RSS: 3 * textfmt.GiB}
	ctx, waitSent := events.crossed(t.Context(), decision{threshold: Threshold{Bytes: 2 * textfmt.GiB, Text: "2GiB"}}, memory, Limit{},
		[]Suspect{suspect(1), suspect(2), suspect(3)})
	if err := waitSent(); err != nil {
		t.Fatal(err)
	}
	span := events.startWriting(ctx, &Metadata{Reason: ReasonThreshold})
	endWriting(span, File{Path: "/dumps/a.pb.gz", Size: 5}, memory, 0, nil)

	spans := exporter.GetSpans()
	if len(spans) != 2 || len(spans[0].Links) != 1 || !spans[0].Links[0].SpanContext.Equal(suspect(1).SpanContext) {
		t.Fatalf("spans %v, want one link, to the first suspect", spans.Snapshots())
	}
	want(t, spans[0].Attributes, attrs.ThresholdText.String("2GiB"), attrs.RSS.Int64(3*textfmt.GiB))
	want(t, spans[1].Attributes, attrs.DumpReason.String(ReasonThreshold), attrs.DumpPath.String("/dumps/a.pb.gz"))
	if scope := spans[0].InstrumentationScope; scope.Version != attrs.Version || scope.SchemaURL != attrs.SchemaURL {
		t.Errorf("scope %+v", scope)
	}
}
