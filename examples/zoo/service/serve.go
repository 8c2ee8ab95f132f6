package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
)

// Options say how to run a service.
type Options struct {
	// Wrapped says whether routes and jobs are operations of their own; else there
	// are spans alone.
	Wrapped bool
	// Outside says that there are no diagnostics in the service: it serves
	// net/http/pprof in place of readings.
	Outside bool
	// Interval is how often diagnostics report.
	Interval time.Duration
	// Onset is when growth sets in, from the service's beginning.
	Onset time.Duration
	// Dir is a folder for files.
	Dir string
}

// Serve runs the case beside its neighbours until stdin ends, which is also when
// the driver does. It prints its two addresses: of the routes, and of readings.
func Serve(c *Case, o Options, stdin io.Reader) (err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	d, err := startDiagnostics(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.stop()) }()
	s := &Service{
		Context:        ctx,
		Tracer:         d.tp.Tracer("zoo"),
		Meter:          d.mp.Meter("zoo"),
		TracerProvider: d.tp,
		Dir:            o.Dir,
		mux:            http.NewServeMux(),
		wrapped:        o.Wrapped,
		onset:          d.began.Add(o.Onset),
	}
	for _, n := range c.Neighbours() {
		n.Setup(s)
	}
	c.Setup(s)
	s.work()
	var routes http.Handler = s.mux
	if o.Wrapped {
		routes = handler(s.mux)
	}
	addr, err := listen(otelhttp.NewHandler(routes, "zoo"))
	if err != nil {
		return err
	}
	about := readingHandler(d)
	if o.Outside {
		about = profiles()
	}
	readings, err := listen(about)
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, ready, addr, readings)
	_, err = io.Copy(io.Discard, stdin)
	return err
}

// ready is the first word of the line that says the service listens.
const ready = "READY"

// Ready reads the line that [Serve] prints.
func Ready(line string) (addr, readings string, ok bool) {
	var word string
	n, err := fmt.Sscan(line, &word, &addr, &readings)
	return addr, readings, err == nil && n == 3 && word == ready
}

// listen serves h at a free port of loopback until the process ends.
func listen(h http.Handler) (net.Addr, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen on loopback: %w", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(l) }()
	return l.Addr(), nil
}

// profiles serves what net/http/pprof does.
func profiles() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	return mux
}

func readingHandler(d *diagnostics) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reading, err := d.reading(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(reading)
	})
}
