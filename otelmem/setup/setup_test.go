//go:build unix

package setup_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/otelmem/otelmem-go/internal/otlptest"
	"github.com/otelmem/otelmem-go/internal/race"
	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/report"
	"github.com/otelmem/otelmem-go/otelmem/setup"
)

const grow = 72 << 20 // well above the bound of the bucket that is asked for

// leaks are handlers whose growth is known.
type leaks struct {
	heap   []byte
	mapped []byte
}

func (l *leaks) routes(t *testing.T) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/heap/{id}", func(http.ResponseWriter, *http.Request) {
		l.heap = make([]byte, grow)
		touch(l.heap)
		runtime.GC() // a span in which none ended says nothing of collections
	})
	mux.HandleFunc("GET /api/mapped", func(http.ResponseWriter, *http.Request) {
		var err error
		if l.mapped, err = syscall.Mmap(-1, 0, grow, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE); err != nil {
			t.Error(err)
		}
		touch(l.mapped)
	})
	return mux
}

func touch(b []byte) {
	for i := 0; i < len(b); i += 4096 {
		b[i] = 1
	}
}

func startSDK(t *testing.T, receiver *otlptest.Receiver, opts ...otelmem.Option) (*setup.SDK, string) {
	t.Helper()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+receiver.Endpoint())
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
	t.Setenv("MEMORY_DIAGNOSTICS_ENABLED", "true")
	dir := t.TempDir()
	sdk, err := setup.Start(t.Context(), setup.WithServiceName("under test"), setup.WithDiagnostics(append([]otelmem.Option{
		otelmem.WithDumpDir(filepath.Join(dir, "dumps")),
		otelmem.WithLogFile(filepath.Join(dir, "memory.log")),
	}, opts...)...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shutdown(t, sdk) })
	return sdk, dir
}

func shutdown(t *testing.T, sdk *setup.SDK) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := sdk.Shutdown(ctx); err != nil {
		t.Error(err)
	}
}

// byRoute names spans as otelhttp itself does from v0.69.0 on.
func byRoute(operation string, r *http.Request) string { return cmp.Or(r.Pattern, operation) }

func get(t *testing.T, url string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
}

func near(got any, want float64) bool {
	n, ok := got.(int64)
	return ok && math.Abs(float64(n)-want) <= want/10
}

// settle makes the process's memory quiet, so that growth is the handler's.
func settle() {
	runtime.GC()
	debug.FreeOSMemory()
}

func TestSpansMetricsAndEventsArrive(t *testing.T) {
	receiver := otlptest.Start(t)
	settle()
	sdk, _ := startSDK(t, receiver, otelmem.WithThresholds(fmt.Sprint(rss(t)+grow/2)))
	l := new(leaks)
	server := httptest.NewServer(otelhttp.NewHandler(l.routes(t), "server", otelhttp.WithSpanNameFormatter(byRoute)))
	defer server.Close()

	_, end := sdk.Diagnostics.Track(t.Context(), "nightly job", otelmem.Detail("run 1")) // in flight at the crossing
	get(t, server.URL+"/api/heap/17")
	get(t, server.URL+"/api/mapped")
	defer func() { _ = syscall.Munmap(l.mapped) }()

	t.Run("a handler that grows the heap", func(t *testing.T) {
		span := waitServerSpan(t, receiver, "GET /api/heap/{id}")
		for _, key := range []string{"otelmem.rss.growth", "otelmem.heap.growth", "otelmem.heap.allocated"} {
			if race.Enabled && key == "otelmem.rss.growth" {
				continue
			}
			if got := span.Attr(key); !near(got, grow) {
				t.Errorf("%s = %v, want %d within 10 %%", key, got, grow)
			}
		}
		// The tracked job is in flight beside it: each has half.
		if got := span.Attr("otelmem.heap.share"); !near(got, grow/2) {
			t.Errorf("otelmem.heap.share = %v, want %d within 10 %%", got, grow/2)
		}
		if got, ok := span.Attr("otelmem.concurrency").(float64); !ok || got < 1.5 || got > 2.5 {
			t.Errorf("otelmem.concurrency = %v, want about 2", got)
		}
		// Absent where it is 0.
		if got, _ := span.Attr("otelmem.external.growth").(int64); (got > grow/10 || got < -grow/10) && !race.Enabled {
			t.Errorf("otelmem.external.growth = %v, want about 0", got)
		}
		for key, want := range map[string]any{"otelmem.category": "api_heap", "otelmem.growth.bucket": "64MiB+"} {
			if got := span.Attr(key); got != want {
				t.Errorf("%s = %v, want %v", key, got, want)
			}
		}
		if n, ok := span.Attr("otelmem.gc.cycles").(int64); !ok || n < 1 {
			t.Errorf("otelmem.gc.cycles = %v, want 1 or more", span.Attr("otelmem.gc.cycles"))
		}
	})
	t.Run("a handler that maps memory outside the heap", func(t *testing.T) {
		span := waitServerSpan(t, receiver, "GET /api/mapped")
		for _, key := range []string{"otelmem.rss.growth", "otelmem.external.growth"} {
			if got := span.Attr(key); !near(got, grow) {
				t.Errorf("%s = %v, want %d within 10 %%", key, got, grow)
			}
		}
		if got, ok := span.Attr("otelmem.heap.growth").(int64); !ok || got > grow/10 {
			t.Errorf("otelmem.heap.growth = %v, want about 0", got)
		}
	})
	t.Run("the event and its profile", func(t *testing.T) {
		event, err := receiver.WaitSpanNamed(t.Context(), "otelmem.threshold_crossed")
		if err != nil {
			t.Fatal(err)
		}
		if link := linkTo(event, "nightly job"); link == nil || otlptest.Attr(link.GetAttributes(), "otelmem.in_flight") != true {
			t.Errorf("no link to the job in flight: %v", event.GetLinks())
		}
		written, err := receiver.WaitSpanNamed(t.Context(), "otelmem.heap_profile_written")
		if err != nil {
			t.Fatal(err)
		}
		path, _ := written.Attr("otelmem.dump.path").(string)
		out, err := exec.CommandContext(t.Context(), "go", "tool", "pprof", "-top", "-sample_index=alloc_space", path).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "Showing nodes") {
			t.Errorf("go tool pprof -top %s: %v\n%s", path, err, out)
		}
	})
	end()

	t.Run("metrics by category", func(t *testing.T) {
		if err := sdk.ForceFlush(t.Context()); err != nil {
			t.Fatal(err)
		}
		sums := growthSums(t, receiver)
		for key, want := range map[string]float64{"api_heap heap": grow, "api_heap rss": grow, "api_mapped external": grow, "api_mapped rss": grow} {
			if race.Enabled && key == "api_heap rss" {
				continue
			}
			if math.Abs(sums[key]-want) > want/10 {
				t.Errorf("otelmem.span.growth of %s sums to %.0f, want %.0f within 10 %%: %v", key, sums[key], want, sums)
			}
		}
		for _, name := range []string{"otelmem.operations", "otelmem.memory.external", "otelmem.dumps", "otelmem.self.memory.usage", "otelmem.self.span.untracked", "go.memory.used"} {
			if _, ok := receiver.LastMetric(name); !ok {
				t.Errorf("metric %s is missing", name)
			}
		}
	})
}

func waitServerSpan(t *testing.T, receiver *otlptest.Receiver, name string) otlptest.Span {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	span, err := receiver.WaitSpanNamed(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	return span
}

func linkTo(event otlptest.Span, operation string) *tracepb.Span_Link {
	for _, link := range event.GetLinks() {
		if otlptest.Attr(link.GetAttributes(), "otelmem.operation") == operation {
			return link
		}
	}
	return nil
}

// growthSums are the histogram's sums by category and memory; each of its points
// must have an exemplar.
func growthSums(t *testing.T, receiver *otlptest.Receiver) map[string]float64 {
	t.Helper()
	metric, ok := receiver.LastMetric("otelmem.span.growth")
	if !ok {
		t.Fatal("otelmem.span.growth is missing")
	}
	sums := make(map[string]float64)
	for _, point := range metric.GetHistogram().GetDataPoints() {
		key := fmt.Sprint(otlptest.Attr(point.GetAttributes(), "otelmem.category"), " ", otlptest.Attr(point.GetAttributes(), "otelmem.memory.type"))
		sums[key] = point.GetSum()
		if len(point.GetExemplars()) == 0 || len(point.GetExemplars()[0].GetTraceId()) != 16 {
			t.Errorf("%s has no exemplar that leads to a trace", key)
		}
	}
	return sums
}

func rss(t *testing.T) int64 {
	t.Helper()
	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithLogFile("none"), otelmem.WithDumpDir(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = mem.Shutdown(context.Background()) }()
	r, err := mem.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r.Process.RSS
}

func TestUnsampledOperationsAreMeasured(t *testing.T) {
	receiver := otlptest.Start(t)
	t.Setenv("OTEL_TRACES_SAMPLER", "always_off")
	sdk, _ := startSDK(t, receiver)
	_, end := sdk.Diagnostics.Track(t.Context(), "job")
	end()
	r, err := sdk.Diagnostics.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(r.Operations, func(o report.Operation) bool { return o.Name == "job" && o.Calls == 1 }) {
		t.Errorf("operations %v, want the unsampled job", r.Operations)
	}
	shutdown(t, sdk)
	if spans := receiver.Spans(); len(spans) != 0 {
		t.Errorf("%d unsampled spans were exported", len(spans))
	}
}
