package faults

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// patience is how long a test waits for what takes milliseconds on a quiet machine.
const patience = 60 * time.Second

// service is a server with diagnostics, under load from start to stop.
type service struct {
	t       *testing.T
	mem     *otelmem.Diagnostics
	tp      *sdktrace.TracerProvider
	meters  *sdkmetric.MeterProvider
	metrics *sdkmetric.ManualReader
	dumps   string
	log     *logged

	server     *httptest.Server
	stop       chan struct{}
	load       sync.WaitGroup
	requests   atomic.Int64
	wrong      atomic.Int64
	goroutines int
	files      int
}

// setUp is what a test changes of a service.
type setUp struct {
	options []otelmem.Option
	next    sdktrace.SpanProcessor
	reader  sdkmetric.Reader // beside the one that the test asks
	handler slog.Handler     // in place of the one that keeps the log
}

func start(t *testing.T, s setUp) *service {
	t.Helper()
	_ = http.DefaultTransport // its connections are the test's own: see client
	v := &service{t: t, dumps: filepath.Join(t.TempDir(), "dumps"), log: new(logged), stop: make(chan struct{}), metrics: sdkmetric.NewManualReader()}
	v.goroutines, v.files = runtime.NumGoroutine(), openFiles(t)
	handler := s.handler
	if handler == nil {
		handler = slog.NewTextHandler(v.log, nil)
	}
	var err error
	v.mem, err = otelmem.New(append([]otelmem.Option{
		otelmem.WithEnabled(true), otelmem.WithDumpDir(v.dumps), otelmem.WithLogFile("none"),
		otelmem.WithLogger(slog.New(handler)), otelmem.WithReportInterval(time.Second),
	}, s.options...)...)
	if err != nil {
		t.Fatal(err)
	}
	v.tp = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(v.mem.SpanProcessor(s.next)))
	readers := []sdkmetric.Option{sdkmetric.WithReader(v.metrics)}
	if s.reader != nil {
		readers = append(readers, sdkmetric.WithReader(s.reader))
	}
	v.meters = sdkmetric.NewMeterProvider(readers...)
	if err := v.mem.Start(t.Context(), v.tp, v.meters); err != nil {
		t.Fatal(err)
	}
	v.serve()
	t.Cleanup(v.end)
	return v
}

// serve answers each request with what it sent, in a span and under a tag, and asks
// from four clients at once.
func (v *service) serve() {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /echo/{n}", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
		fmt.Fprintf(w, "%s:%s", r.PathValue("n"), body)
	})
	tagged := otelmem.Handler(mux)
	v.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, span := v.tp.Tracer("service").Start(r.Context(), "echo")
		defer span.End()
		tagged.ServeHTTP(w, r.WithContext(ctx))
	}))
	client := v.server.Client()
	for range 4 {
		v.load.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-v.stop:
					return
				default:
				}
				v.ask(client, i)
			}
		})
	}
}

func (v *service) ask(client *http.Client, i int) {
	body := bytes.Repeat([]byte{byte('a' + i%26)}, 2048)
	response, err := client.Post(fmt.Sprintf("%s/echo/%d", v.server.URL, i), "text/plain", bytes.NewReader(body))
	v.requests.Add(1)
	if err != nil {
		v.wrong.Add(1)
		return
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || string(got) != fmt.Sprintf("%d:%s", i, body) {
		v.wrong.Add(1)
	}
}

// goesOn asks that requests are answered now.
func (v *service) goesOn() {
	v.t.Helper()
	from := v.requests.Load()
	v.eventually("requests go on", func() bool { return v.requests.Load() > from+200 })
}

// end stops everything, and asks that nothing is left and no request went wrong.
func (v *service) end() {
	t := v.t
	close(v.stop)
	v.load.Wait()
	v.server.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	began := time.Now()
	if err := v.mem.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("Shutdown took %v", took)
	}
	_ = v.tp.Shutdown(ctx)
	_ = v.meters.Shutdown(ctx) // it may be already
	if wrong, all := v.wrong.Load(), v.requests.Load(); wrong > 0 || all == 0 {
		t.Errorf("%d of %d requests went wrong", wrong, all)
	}
	v.eventually("no goroutine is left", func() bool { return runtime.NumGoroutine() <= v.goroutines })
	v.eventually("no descriptor is left", func() bool { return openFiles(t) <= v.files })
}

func (v *service) eventually(what string, is func() bool) {
	v.t.Helper()
	for began := time.Now(); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > patience {
			v.t.Errorf("not so after %v: %s", patience, what)
			if strings.Contains(what, "goroutine") {
				stacks := make([]byte, 1<<16)
				v.t.Logf("%s", stacks[:runtime.Stack(stacks, true)])
			}
			return
		}
	}
}

// shows asks that a part is off where people look: report, metric and log.
func (v *service) shows(part string) {
	v.t.Helper()
	v.eventually("the report says that "+part+" is off", func() bool { return v.off(part) })
	v.eventually("a metric says so of "+part, func() bool { return slices.Contains(v.disabled(), part) })
	if part != "logger" {
		v.eventually("the log says so of "+part, func() bool {
			return strings.Contains(v.log.String(), "part="+part) || strings.Contains(v.log.String(), `part="`+part)
		})
	}
}

// recovers asks that a part is on.
func (v *service) recovers(part string) {
	v.t.Helper()
	v.eventually(part+" works again", func() bool { return !v.off(part) })
}

func (v *service) off(part string) bool {
	r, err := v.mem.Report(context.Background())
	if err != nil {
		v.t.Error(err)
		return false
	}
	return slices.ContainsFunc(r.Disabled, func(p report.DisabledPart) bool { return p.Part == part })
}

// count is the sum over all attributes of a counter of integers.
func (v *service) count(name string) (n int64) {
	var collected metricdata.ResourceMetrics
	if err := v.metrics.Collect(context.Background(), &collected); err != nil {
		v.t.Error(err)
	}
	for _, scope := range collected.ScopeMetrics {
		for _, m := range scope.Metrics {
			if sum, ok := m.Data.(metricdata.Sum[int64]); ok && m.Name == name {
				for _, p := range sum.DataPoints {
					n += p.Value
				}
			}
		}
	}
	return n
}

// disabled are the parts that the metric otelmem.self.disabled has as off.
func (v *service) disabled() (parts []string) {
	var collected metricdata.ResourceMetrics
	if err := v.metrics.Collect(context.Background(), &collected); err != nil {
		v.t.Error(err)
	}
	for _, scope := range collected.ScopeMetrics {
		for _, m := range scope.Metrics {
			sum, ok := m.Data.(metricdata.Sum[int64])
			if m.Name != "otelmem.self.disabled" || !ok {
				continue
			}
			for _, p := range sum.DataPoints {
				for _, kv := range p.Attributes.ToSlice() {
					parts = append(parts, kv.Value.AsString())
				}
			}
		}
	}
	return parts
}

// logged is what a logger wrote.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// slogTo writes all records as text.
func slogTo(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// openFiles is how many descriptors the process has; 0 where that is not known.
func openFiles(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(files)
}
