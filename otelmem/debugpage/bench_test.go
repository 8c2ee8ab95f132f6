package debugpage

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/otelmem"
)

// busy is a service with many operations and a full folder of heap profiles.
func busy(b *testing.B, operations, dumps int) (*otelmem.Diagnostics, *http.ServeMux, *sdktrace.TracerProvider) {
	b.Helper()
	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithLogFile("none"), otelmem.WithDumpDir(b.TempDir()),
		otelmem.WithThresholds("900TiB"), otelmem.WithReportInterval(5*time.Second))
	if err != nil {
		b.Fatal(err)
	}
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(mem.SpanProcessor(nil)))
	if err := mem.Start(b.Context(), tp, nil); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = mem.Shutdown(context.Background()) })
	for i := range operations {
		name := fmt.Sprint("operation ", i)
		ctx, end := mem.Track(context.Background(), name)
		otelmem.Do(ctx, name, func(context.Context) { sink = append(sink, make([]byte, 600<<10)) })
		end()
	}
	sink = nil
	for range dumps {
		if _, err := mem.Dump(b.Context(), "benchmark"); err != nil {
			b.Fatal(err)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /work", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 16<<10)) })
	return mem, mux, tp
}

var sink [][]byte

// BenchmarkUpdate is what a second of open pages costs, however many they are.
func BenchmarkUpdate(b *testing.B) {
	for _, operations := range []int{20, 1000} {
		b.Run(fmt.Sprint(operations, " operations, 20 dumps"), func(b *testing.B) {
			mem, _, _ := busy(b, operations, 20)
			h := Handler(mem).(*handler)
			b.ReportAllocs()
			for b.Loop() {
				h.latest.forget()
				w := httptest.NewRecorder()
				s := stream{handler: h, w: w, control: http.NewResponseController(w)}
				if err := s.send(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkThroughputWhileOpen compares the requests a second of a server that has
// all the work it can take, with and without a page open, turn by turn: closed,
// open, open, closed, so that a drift of the machine cancels out. An iteration is
// four turns of a second; the median and the quartiles are reported.
func BenchmarkThroughputWhileOpen(b *testing.B) {
	mem, mux, tp := busy(b, 100, 20)
	page := httptest.NewServer(Handler(mem))
	defer page.Close()
	server := httptest.NewServer(otelhttp.NewHandler(otelmem.Handler(mux), "busy", otelhttp.WithTracerProvider(tp)))
	defer server.Close()

	var served atomic.Int64
	ctx, stop := context.WithCancel(b.Context())
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for ctx.Err() == nil {
				if err := fetch(ctx, server.URL+"/work"); err == nil {
					served.Add(1)
				}
			}
		})
	}
	turn := func(open bool) float64 {
		watching, leave := context.WithCancel(ctx)
		var watcher sync.WaitGroup
		if open {
			watcher.Go(func() { _ = fetch(watching, page.URL+"/events") })
		}
		began, before := time.Now(), served.Load()
		time.Sleep(time.Second)
		rate := float64(served.Load()-before) / time.Since(began).Seconds()
		leave()
		watcher.Wait()
		return rate
	}
	turn(false) // warm up
	var ratios []float64
	for b.Loop() {
		closed := turn(false)
		open := turn(true) + turn(true)
		closed += turn(false)
		ratios = append(ratios, open/closed)
	}
	stop()
	clients.Wait()
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "open/closed")
	b.ReportMetric(ratios[len(ratios)/4], "quartile1")
	b.ReportMetric(ratios[len(ratios)*3/4], "quartile3")
	http.DefaultClient.CloseIdleConnections()
}

func fetch(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
