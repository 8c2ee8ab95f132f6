package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// hello is what a server says when it listens.
type hello struct{ Address string }

// goodbye is what it says when it was told to end.
type goodbye struct {
	LiveHeap   int64
	Goroutines int
}

// serve is a server until its standard input ends. It says hello and goodbye on its
// standard output.
func serve(ctx context.Context, args []string) (err error) {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	name := flags.String("variant", "", "")
	handler := flags.String("handler", "", "")
	receiver := flags.String("receiver", "", "")
	profile := flags.String("profile", "", "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	v, err := variants[*name]()
	if err != nil {
		return err
	}
	h, shutdown, err := v.instrument(ctx, *receiver, *handler)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shutdown()) }()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	say := json.NewEncoder(os.Stdout)
	if err := say.Encode(hello{listener.Addr().String()}); err != nil {
		return err
	}
	if *profile != "" {
		stop, err := profileTo(*profile)
		if err != nil {
			return err
		}
		defer stop()
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return errors.Join(say.Encode(goodbye{LiveHeap: int64(m.HeapAlloc), Goroutines: runtime.NumGoroutine()}), server.Close())
}

func profileTo(path string) (stop func(), err error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		_ = file.Close()
	}, nil
}

// instrument sets the SDK up as the variant says, and returns what serves.
func (v *variant) instrument(ctx context.Context, receiver, handler string) (_ http.Handler, shutdown func() error, err error) {
	spans, err := otlptracegrpc.New(ctx, otlptracegrpc.WithInsecure(), otlptracegrpc.WithEndpoint(receiver))
	if err != nil {
		return nil, nil, fmt.Errorf("make the exporter of spans: %w", err)
	}
	metrics, err := otlpmetricgrpc.New(ctx, otlpmetricgrpc.WithInsecure(), otlpmetricgrpc.WithEndpoint(receiver))
	if err != nil {
		return nil, nil, fmt.Errorf("make the exporter of metrics: %w", err)
	}
	processor := sdktrace.NewBatchSpanProcessor(spans)
	if v.processor != nil {
		processor = v.processor(processor)
	}
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(processor))
	mp := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewPeriodicReader(metrics, sdkmetric.WithInterval(10*time.Second))))
	var provider trace.TracerProvider = tp
	if v.provider != nil {
		provider = v.provider(tp)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items", handlers[handler](provider.Tracer("bench")))
	var h http.Handler = mux
	if v.handler != nil {
		h = v.handler(mux)
	}
	h = otelhttp.NewHandler(h, "server", otelhttp.WithTracerProvider(provider), otelhttp.WithMeterProvider(mp))
	if v.start != nil {
		if err := v.start(ctx, provider, mp); err != nil {
			return nil, nil, err
		}
	}
	return h, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		return errors.Join(tp.Shutdown(ctx), mp.Shutdown(ctx))
	}, nil
}
