// Command leakyserver is a web service that leaks, with memory diagnostics that
// show where. It brings its own load, runs for two minutes and needs nothing
// else installed:
//
//	go run ./examples/leakyserver
//
// Open the address that it prints: within half a minute the page names the route
// that leaks, and the line.
//
// With OTEL_EXPORTER_OTLP_ENDPOINT set it exports its traces and metrics there.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/debugpage"
	"github.com/otelmem/otelmem-go/otelmem/report"
	"github.com/otelmem/otelmem-go/otelmem/setup"
)

func main() {
	s := settings{}
	flag.StringVar(&s.addr, "addr", "127.0.0.1:8080", "where to listen; port 0 takes a free one")
	flag.DurationVar(&s.duration, "duration", 2*time.Minute, "how long to run")
	flag.IntVar(&s.load, "load", 100, "requests a second of the load inside; 0 for none")
	flag.StringVar(&s.thresholds, "thresholds", "64MiB,96MiB,128MiB,256MiB,512MiB", "where to write heap profiles: sizes, or shares of the memory limit")
	flag.StringVar(&s.traceURL, "trace-url", "http://localhost:16686/trace/{trace_id}", "where the page's trace ids lead")
	flag.StringVar(&s.report, "report", "", "a file for the last report, as JSON; none by default")
	flag.Parse()
	if err := run(s); err != nil {
		fmt.Fprintln(os.Stderr, "leakyserver:", err)
		os.Exit(1)
	}
}

type settings struct {
	addr       string
	duration   time.Duration
	load       int
	thresholds string
	traceURL   string
	report     string
}

func (s settings) validate() error {
	if s.duration <= 0 {
		return fmt.Errorf("-duration %v: want more than 0", s.duration)
	}
	if s.load < 0 || s.load > 10_000 {
		return fmt.Errorf("-load %d: want 0 to 10000 requests a second", s.load)
	}
	return nil
}

func run(s settings) error {
	if err := s.validate(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, s.duration)
	defer cancel()

	screen := newScreen(os.Stdout)
	sdk, err := setup.Start(ctx,
		setup.WithServiceName("leakyserver"),
		setup.WithExport(setup.EndpointConfigured()),
		setup.WithDiagnostics(
			otelmem.WithEnabled(true),
			otelmem.WithThresholds(strings.Split(s.thresholds, ",")...),
			otelmem.WithReportInterval(3*time.Second),
			otelmem.WithLogger(newWarnings(screen))))
	if err != nil {
		return err
	}
	last, err := serve(ctx, s, sdk.Diagnostics, screen)
	// After the last report: nothing follows it on the screen.
	shut, cancelShut := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancelShut()
	err = errors.Join(err, sdk.Shutdown(shut))
	screen.end()
	if last == nil {
		return err
	}
	fmt.Println()
	for _, line := range (&answer{Report: last}).lines() {
		fmt.Println(line)
	}
	return errors.Join(err, writeReport(last, s.report))
}

// serve runs the service with its load until ctx is done, and returns the last report;
// nil where it did not come to that.
func serve(ctx context.Context, s settings, mem *otelmem.Diagnostics, screen *screen) (last *report.Report, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	listener, err := net.Listen("tcp", s.addr)
	if err != nil {
		return nil, fmt.Errorf("-addr %s: %w", s.addr, err)
	}
	service := newService()
	defer service.close()
	server := &http.Server{Handler: handler(service, mem, s.traceURL), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	screen.print(fmt.Sprintf("Listening on http://%s for %v, %d requests a second. GET /api/records keeps what it allocates.", listener.Addr(), s.duration, s.load))
	screen.print(fmt.Sprintf("See its memory:  http://%s%s", listener.Addr(), debugPath))

	var work sync.WaitGroup
	work.Go(func() { service.syncInventory(ctx, mem) })
	work.Go(func() { load(ctx, "http://"+listener.Addr().String(), s.load) })
	work.Go(func() { screen.follow(ctx, mem) })

	select {
	case <-ctx.Done():
	case err = <-failed:
		cancel()
	}
	work.Wait()
	shut, cancelShut := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancelShut()
	err = errors.Join(err, server.Shutdown(shut))
	last, reportErr := mem.Report(context.Background())
	return last, errors.Join(err, reportErr)
}

// debugPath is where memory is to be seen.
const debugPath = "/debug/otelmem/"

// handler serves the API and the debug page, which has no spans. A real service
// would serve the page on a listener of its own, that only insiders reach.
func handler(s *service, mem *otelmem.Diagnostics, traceURL string) http.Handler {
	mux := s.routes()
	mux.Handle(debugPath, debugpage.Handler(mem, debugpage.WithTraceURL(traceURL)))
	return otelhttp.NewHandler(otelmem.Handler(mux), "leakyserver",
		otelhttp.WithSpanNameFormatter(byRoute),
		otelhttp.WithFilter(func(r *http.Request) bool { return !strings.HasPrefix(r.URL.Path, debugPath) }))
}

// writeReport writes a report to a file, if one is named.
func writeReport(r *report.Report, file string) error {
	if file == "" {
		return nil
	}
	text, err := r.JSON()
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

// byRoute names spans as newer versions of otelhttp do by themselves.
func byRoute(operation string, r *http.Request) string { return cmp.Or(r.Pattern, operation) }
