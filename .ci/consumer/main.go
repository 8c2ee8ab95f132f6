// Command consumer is a service outside this repository, for the check of what users
// fetch: see .ci/lib/consumers.sh.
package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/grpc"

	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/debugpage"
	"github.com/otelmem/otelmem-go/otelmem/memgrpc"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

var kept [][]byte

func main() {
	ctx := context.Background()
	mem := must(otelmem.New(otelmem.WithEnabled(true)))
	// Nobody listens there: exporters connect in the background.
	traces := must(otlptracegrpc.New(ctx, otlptracegrpc.WithInsecure()))
	metrics := must(otlpmetricgrpc.New(ctx, otlpmetricgrpc.WithInsecure()))
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(mem.SpanProcessor(sdktrace.NewBatchSpanProcessor(traces))))
	mp := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewPeriodicReader(metrics)))
	check(mem.Start(ctx, tp, mp))

	mux := http.NewServeMux()
	mux.HandleFunc("GET /users/{id}", func(http.ResponseWriter, *http.Request) { keep() })
	mux.Handle("/debug/otelmem/", debugpage.Handler(mem))
	service := otelhttp.NewHandler(otelmem.Handler(mux), "consumer", otelhttp.WithTracerProvider(tp))
	get(service, "/users/7")
	otelmem.Do(ctx, "nightly job", func(context.Context) { keep() })
	otelmem.DoRoute(httptest.NewRequest(http.MethodGet, "/orders/7", http.NoBody), "/orders/:id", func(*http.Request) { keep() })
	_ = grpc.NewServer(
		grpc.ChainUnaryInterceptor(memgrpc.UnaryServerInterceptor()),
		grpc.ChainStreamInterceptor(memgrpc.StreamServerInterceptor()))
	_ = must(memgrpc.UnaryServerInterceptor()(ctx, nil, &grpc.UnaryServerInfo{FullMethod: "/shop.Orders/List"}, func(context.Context, any) (any, error) {
		keep()
		return nil, nil
	}))

	runtime.GC() // the heap profile shows what the cycle before the last left
	runtime.GC()
	r := must(mem.Report(ctx))
	for _, want := range []string{"GET /users/{id}", "nightly job", "GET /orders/:id", "shop.Orders/List"} {
		i := slices.IndexFunc(r.Operations, func(o report.Operation) bool { return o.Name == want })
		if i < 0 || r.Operations[i].Live < size/2 {
			panic(fmt.Sprintf("%s does not hold what it kept: %+v", want, r.Operations))
		}
		fmt.Println(want, "holds", r.Operations[i].Live, "bytes")
	}
	get(service, "/debug/otelmem/")
	check(mem.Shutdown(ctx))
	runtime.KeepAlive(kept)
}

// size is large enough for the runtime to sample each, in bytes.
const size = 32 << 20

func keep() { kept = append(kept, make([]byte, size)) }

func get(h http.Handler, path string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost"+path, http.NoBody))
	if w.Code != http.StatusOK {
		panic(fmt.Sprint(path, ": ", w.Code))
	}
}

func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
