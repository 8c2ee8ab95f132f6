package dump

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/memstat"
)

// world is a process whose memory the test decides, and all that a Dumper tells.
type world struct {
	t   *testing.T
	dir string

	mu   sync.Mutex
	used int64
	told chan Event
}

func newWorld(t *testing.T) *world {
	return &world{t: t, dir: filepath.Join(t.TempDir(), "heap-dumps"), used: 10 * memstat.MiB, told: make(chan Event, 100)}
}

func (w *world) read() memstat.Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	return memstat.Snapshot{Time: time.Now(), RSS: w.used, HeapObjects: w.used, Live: w.used}
}

func (w *world) use(bytes int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.used = bytes
}

func (w *world) dumper(limit memstat.Limit, opts ...Option) *Dumper {
	w.t.Helper()
	d, err := New(w.read, limit, append([]Option{
		WithDir(w.dir), WithThresholds("64MiB", "128MiB"), WithInterval(time.Millisecond),
		WithObserver(func(e Event) { w.told <- e }),
	}, opts...)...)
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w *world) start(d *Dumper, tp trace.TracerProvider) {
	w.t.Helper()
	if err := d.Start(w.t.Context(), tp); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := d.Shutdown(context.Background()); err != nil {
			w.t.Error(err)
		}
	})
}

// await returns the next event of a kind.
func (w *world) await(kind Kind) Event {
	w.t.Helper()
	for {
		select {
		case e := <-w.told:
			if e.Kind == kind {
				return e
			}
			if e.Kind == Failed {
				w.t.Errorf("unexpected failure: %s", e.Text)
			}
		case <-time.After(10 * time.Second):
			w.t.Fatalf("no event of kind %q", kind)
		}
	}
}

// orderedExporter notes whether a profile was on disk when a span left.
type orderedExporter struct {
	*tracetest.InMemoryExporter
	dir      string
	profiles map[string]int // by span name
}

func (e *orderedExporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	found, _ := filepath.Glob(filepath.Join(e.dir, "heapdump_*"+profileSuffix))
	for _, s := range spans {
		e.profiles[s.Name()] = len(found)
	}
	return e.InMemoryExporter.ExportSpans(ctx, spans)
}

func TestCrossingSendsItsEventBeforeItWritesTheProfile(t *testing.T) {
	w := newWorld(t)
	suspect := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled})
	exporter := &orderedExporter{InMemoryExporter: tracetest.NewInMemoryExporter(), dir: w.dir, profiles: make(map[string]int)}
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter, sdktrace.WithBatchTimeout(time.Hour)))
	defer func() { _ = tp.Shutdown(context.Background()) }()
	d := w.dumper(memstat.Limit{Bytes: memstat.GiB, Source: memstat.SourceCgroup},
		WithSuspects(func() []Suspect {
			return slices.Repeat([]Suspect{{SpanContext: suspect, Operation: "GET /api/records", Category: "api_records", Growth: 7, InFlight: true}}, 50)
		}))
	w.start(d, tp)

	w.use(130 * memstat.MiB)
	if e := w.await(Crossed); e.Threshold.Text != "128MiB" || e.Snapshot.RSS != 130*memstat.MiB {
		t.Errorf("crossed %+v, want the rung of 128MiB", e)
	}
	file := w.await(Written).File
	if err := tp.ForceFlush(t.Context()); err != nil {
		t.Fatal(err)
	}

	spans := exporter.GetSpans()
	if len(spans) != 2 || spans[0].Name != "otelmem.threshold_crossed" || spans[1].Name != "otelmem.heap_profile_written" {
		t.Fatalf("spans %v", spans.Snapshots())
	}
	if n := exporter.profiles[spans[0].Name]; n != 0 {
		t.Errorf("%d profiles were on disk when the event left, want it to leave first", n)
	}
	if spans[1].Parent.SpanID() != spans[0].SpanContext.SpanID() {
		t.Error("the written profile is not the crossing's child")
	}
	if len(spans[0].Links) != MaxSuspects || spans[0].Links[0].SpanContext.TraceID() != suspect.TraceID() {
		t.Errorf("%d links, want %d to the suspect", len(spans[0].Links), MaxSuspects)
	}
	if !strings.HasPrefix(filepath.Base(file.Path), "heapdump_threshold_128MB_20") {
		t.Errorf("name %s", file.Path)
	}
	checkModes(t, w.dir, file)
	side, err := ReadSide(file.SidePath)
	if err != nil {
		t.Fatal(err)
	}
	if side.TraceID != spans[0].SpanContext.TraceID().String() || side.Threshold != 128*memstat.MiB || side.Reason != ReasonThreshold ||
		side.Limit != memstat.GiB || side.Memory.RSS != 130*memstat.MiB || side.Build.Go == "" || len(side.Suspects) != MaxSuspects {
		t.Errorf("side file: %+v", side)
	}
}

func checkModes(t *testing.T, dir string, file File) {
	t.Helper()
	for path, want := range map[string]os.FileMode{dir: 0o700 | os.ModeDir, file.Path: 0o600, file.SidePath: 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode(), want)
		}
	}
}

func TestProfileOpensInPprof(t *testing.T) {
	w := newWorld(t)
	kept := make([][]byte, 200)
	for i := range kept {
		kept[i] = make([]byte, memstat.MiB/4)
	}
	file, err := w.dumper(memstat.Limit{}).Dump(t.Context(), "by hand")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "go", "tool", "pprof", "-top", "-sample_index=alloc_space", file.Path).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "TestProfileOpensInPprof") {
		t.Errorf("go tool pprof -top: %v\n%s", err, out)
	}
	kept[0][0] = 1
}

func TestManualDumpsTakeTurnsAndNamesDoNotClash(t *testing.T) {
	w := newWorld(t)
	d := w.dumper(memstat.Limit{})
	var dumps sync.WaitGroup
	paths := make([]string, 8)
	for i := range paths {
		dumps.Go(func() {
			file, err := d.Dump(t.Context(), "../../Ärger <script>\n")
			if err != nil {
				t.Error(err)
			}
			paths[i] = file.Path
		})
	}
	dumps.Wait()
	slices.Sort(paths)
	if distinct := len(slices.Compact(paths)); distinct != 8 {
		t.Errorf("%d distinct files of 8: %v", distinct, paths)
	}
	for _, path := range paths {
		if filepath.Dir(path) != w.dir || !strings.HasPrefix(filepath.Base(path), "heapdump_manual_rger-script_") {
			t.Errorf("unsafe name %s", path)
		}
	}
	entries, err := d.List()
	if err != nil || len(entries) != 8 || entries[0].Side.Detail != "../../Ärger <script>\n" {
		t.Errorf("list: %v, %v", entries, err)
	}
}

func TestDumpGivesUpWithItsContext(t *testing.T) {
	d := newWorld(t).dumper(memstat.Limit{})
	d.turn <- struct{}{} // another dump is being written
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Dump(ctx, "late"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}

func TestNoProfileWithoutRoomForIt(t *testing.T) {
	w := newWorld(t)
	exporter := tracetest.NewInMemoryExporter()
	tp := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))
	d := w.dumper(memstat.Limit{Bytes: 66 * memstat.MiB, Source: memstat.SourceCgroup}, WithThresholds("64MiB"))
	w.start(d, tp)
	w.use(65 * memstat.MiB)
	if e := w.await(Skipped); !strings.Contains(e.Text, "left below the limit") {
		t.Errorf("skipped since %q", e.Text)
	}
	if entries, err := d.List(); err != nil || len(entries) != 0 {
		t.Errorf("entries %v, %v, want none", entries, err)
	}
	if spans := exporter.GetSpans(); len(spans) != 1 || spans[0].Name != "otelmem.threshold_crossed" {
		t.Errorf("the event is missing: %v", spans.Snapshots())
	}
}

func TestFolderThatCannotBeMadeIsToldAndNothingStops(t *testing.T) {
	w := newWorld(t)
	if err := os.WriteFile(w.dir, nil, 0o600); err != nil { // a file in the folder's place
		t.Fatal(err)
	}
	d := w.dumper(memstat.Limit{})
	if _, err := d.Dump(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), w.dir) {
		t.Errorf("error %v, want one that names %s", err, w.dir)
	}
	if e := <-w.told; e.Kind != Failed {
		t.Errorf("told %+v, want a failure", e)
	}
}

func TestPanickingSourceDisablesTheWatcherAlone(t *testing.T) {
	told := make(chan Event, 10)
	d, err := New(func() memstat.Snapshot { panic("broken") }, memstat.Limit{}, WithDir(t.TempDir()),
		WithInterval(time.Millisecond), WithObserver(func(e Event) { told <- e }))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Start(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if e := <-told; e.Kind != Disabled || !strings.Contains(e.Text, "broken") {
		t.Errorf("told %+v, want it disabled", e)
	}
	if err := d.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestLifeCycle(t *testing.T) {
	d := newWorld(t).dumper(memstat.Limit{})
	if err := d.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown before Start: %v", err)
	}
	if err := d.Start(t.Context(), nil); err == nil {
		t.Error("Start after Shutdown: want an error")
	}
}

func TestUncleanExitIsToldOnce(t *testing.T) {
	w := newWorld(t)
	first := w.dumper(memstat.Limit{})
	if err := first.Start(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	w.use(100 * memstat.MiB)
	file := w.await(Written).File
	state := statePath(w.dir, first.host, os.Getpid())
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(state); err == nil {
			break
		} else if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(state); err == nil {
		t.Error("a clean exit left its state")
	}
	if err := os.WriteFile(state, text, 0o600); err != nil { // as a kill would have left it
		t.Fatal(err)
	}

	w.use(10 * memstat.MiB)
	w.start(w.dumper(memstat.Limit{}), nil)
	if e := w.await(UncleanExit); e.File != file || !strings.Contains(e.Text, "100MB") {
		t.Errorf("told %+v, want the last dump %v", e, file)
	}
	if _, err := os.Stat(state); err == nil {
		t.Error("it would be told again")
	}
}

func TestProfileHasLabelsWhereThereIsRoom(t *testing.T) {
	var kept []byte
	tag := heaptag.Default.Tag("GET /labelled", "api_labelled")
	heaptag.Do(tag.ID, func() { kept = bytes.Repeat([]byte{1}, 16<<20) })
	runtime.GC()
	runtime.GC()
	raw := newWorld(t) // no room to label: the profile is raw
	raw.use(70 * memstat.MiB)
	rawFile, err := raw.dumper(memstat.Limit{Bytes: 100 * memstat.MiB}).Dump(t.Context(), "raw")
	if err != nil {
		t.Fatal(err)
	}
	later := filepath.Join(t.TempDir(), "later.pb.gz")
	if err := Label(rawFile.Path, later); err != nil {
		t.Fatal(err)
	}
	file, err := newWorld(t).dumper(memstat.Limit{}).Dump(t.Context(), "labelled")
	if err != nil {
		t.Fatal(err)
	}
	for path, labelled := range map[string]bool{rawFile.Path: false, later: true, file.Path: true} {
		out, err := exec.CommandContext(t.Context(), "go", "tool", "pprof", "-top", "-tagfocus=category=api_labelled", path).CombinedOutput()
		if found := strings.Contains(string(out), "TestProfileHasLabels"); err != nil || found != labelled {
			t.Errorf("%s: focus finds it %t, want %t: %v\n%s", path, found, labelled, err, out)
		}
		if side, err := ReadSide(sidePath(path)); err != nil || side.Labelled != labelled {
			t.Errorf("%s: side file says labelled %t, %v", path, side.Labelled, err)
		}
	}
	runtime.KeepAlive(kept)
}

func TestLabelRefusesWhatItCannotRead(t *testing.T) {
	file, err := newWorld(t).dumper(memstat.Limit{Bytes: 50 * memstat.MiB}).Dump(t.Context(), "raw")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file.SidePath)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file.SidePath, bytes.Replace(text, []byte(heaptag.Layout), []byte("other"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Label(file.Path, file.Path); err == nil || !strings.Contains(err.Error(), `"other"`) {
		t.Errorf("error %v, want one that names the layout", err)
	}
	if err := Label("nowhere.pb.gz", "x"); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("error %v, want one that names the file", err)
	}
}
