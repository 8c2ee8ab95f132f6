package otelmem

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"weak"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// What an application may keep of a request, or we may, and what it must not hold:
// the request, with a form of megabytes.
func TestWhatOutlivesARequestHoldsNothingOfIt(t *testing.T) {
	block := make(chan struct{})
	defer close(block)
	d := newDiagnostics(t)
	exporter := tracetest.NewInMemoryExporter()
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(d.SpanProcessor(sdktrace.NewSimpleSpanProcessor(exporter))))
	if err := d.Start(t.Context(), tp, nil); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		what string
		keep func(r *http.Request) any
		held bool
	}{
		{what: "its context", keep: func(r *http.Request) any { return r.Context() }},
		{what: "its context without cancel", keep: func(r *http.Request) any { return context.WithoutCancel(r.Context()) }},
		{what: "a goroutine that keeps the operation", keep: func(r *http.Request) any {
			Go(context.WithoutCancel(r.Context()), func(context.Context) { <-block })
			return nil
		}},
		{what: "a goroutine of another operation", keep: func(r *http.Request) any {
			GoAs(context.WithoutCancel(r.Context()), "kept elsewhere", func(context.Context) { <-block })
			return nil
		}},
		{what: "the context within Do", keep: func(r *http.Request) (kept any) {
			Do(r.Context(), "kept within", func(ctx context.Context) { kept = ctx })
			return kept
		}},
		{what: "a span in flight", keep: func(r *http.Request) any {
			_, span := tp.Tracer("test").Start(r.Context(), "never ends")
			return span
		}},
		{what: "a span that ended", keep: func(r *http.Request) any {
			_, span := tp.Tracer("test").Start(r.Context(), "ends")
			span.End()
			return span
		}},
		{what: "the request itself, so that this test can fail", keep: func(r *http.Request) any { return r }, held: true},
	} {
		var kept any
		h := HandlerFor("GET /kept", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { kept = test.keep(r) }))
		serve := func() weak.Pointer[megabytes] {
			body := new(megabytes)
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/kept", body))
			return weak.Make(body)
		}
		body := serve()
		for range 5 {
			runtime.GC()
		}
		if held := body.Value() != nil; held != test.held {
			t.Errorf("%s holds the request: %t, want %t", test.what, held, test.held)
		}
		runtime.KeepAlive(kept)
	}
}

// megabytes is a body that only its request refers to.
type megabytes [4 << 20]byte

func (*megabytes) Read([]byte) (int, error) { return 0, io.EOF }

// A program answers with Handler around any of its muxes as it does without.
func TestNestedMuxesAnswerAsWithoutHandler(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	answers := 0
	for range 300 {
		shape := newMuxShape(random, 3)
		bare, wrapped := shape.build(plain, random), shape.build(Handler, random)
		for _, path := range shape.paths(random) {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				answer := func(h http.Handler) string {
					w := httptest.NewRecorder()
					h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path+"?q=1", nil))
					return fmt.Sprintln(w.Code, w.Header(), w.Body)
				}
				if got, want := answer(wrapped), answer(bare); got != want {
					t.Fatalf("%s %s answers %s, want %s; muxes:\n%s", method, path, got, want, shape)
				}
				answers++
			}
		}
	}
	if answers < 4000 {
		t.Errorf("%d answers were compared, want some thousands", answers)
	}
}

func plain(h http.Handler) http.Handler { return h }

// muxShape is a mux whose patterns lead to other muxes, or to handlers that say
// what they see.
type muxShape struct {
	patterns []string
	below    []*muxShape // nil for a handler
}

var muxNames = []string{"a", "b", "id", "rest"}

func newMuxShape(random *rand.Rand, depth int) *muxShape {
	shape := new(muxShape)
	segments := []string{"/x", "/y", "/{a}", "/{b}", "/{id}"}
	ends := []string{"", "/", "/{$}", "/{rest...}"}
	probe := http.NewServeMux() // refuses what contradicts the patterns before
	for range 1 + random.IntN(5) {
		pattern := []string{"", "GET "}[random.IntN(2)]
		for range random.IntN(3) {
			pattern = fmt.Sprint(pattern, segments[random.IntN(len(segments))])
		}
		pattern += ends[random.IntN(len(ends))]
		if accepts(probe, pattern) {
			var below *muxShape
			if depth > 0 && random.IntN(2) == 0 {
				below = newMuxShape(random, depth-1)
			}
			shape.patterns, shape.below = append(shape.patterns, pattern), append(shape.below, below)
		}
	}
	return shape
}

func accepts(mux *http.ServeMux, pattern string) (ok bool) {
	defer func() { ok = recover() == nil }()
	mux.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) {})
	return true
}

func (s *muxShape) build(wrap func(http.Handler) http.Handler, random *rand.Rand) http.Handler {
	mux := http.NewServeMux()
	for i, pattern := range s.patterns {
		var h http.Handler = http.HandlerFunc(seen)
		if s.below[i] != nil {
			h = s.below[i].build(wrap, random)
		}
		mux.Handle(pattern, h)
	}
	inner := wrap(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inner.ServeHTTP(w, r)
		_, _ = fmt.Fprintf(w, "; outside %q %v", r.Pattern, r.Form)
	})
}

// seen answers with all that a handler can see of how it was routed.
func seen(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	_, _ = fmt.Fprintf(w, "%q %v", r.Pattern, r.Form)
	for _, name := range muxNames {
		_, _ = fmt.Fprintf(w, " %s=%q", name, r.PathValue(name))
	}
}

func (s *muxShape) paths(random *rand.Rand) (paths []string) {
	segments := []string{"/x", "/y", "/z", "/..", "/"}
	for range 10 {
		path := ""
		for range 1 + random.IntN(4) {
			path = fmt.Sprint(path, segments[random.IntN(len(segments))])
		}
		paths = append(paths, path)
	}
	return paths
}

func (s *muxShape) String() string {
	var b strings.Builder
	for i, pattern := range s.patterns {
		fmt.Fprintln(&b, pattern)
		if s.below[i] != nil {
			b.WriteString("\t" + strings.ReplaceAll(s.below[i].String(), "\n", "\n\t") + "\n")
		}
	}
	return b.String()
}

// HTTP/1.1 lets a client send trailers that it did not announce.
func TestTrailersReachTheHandler(t *testing.T) {
	for name, announce := range map[string]string{"announced": "Trailer: X-Sum\r\n", "unannounced": ""} {
		t.Run(name, func(t *testing.T) {
			got := make(chan http.Header, 1)
			server := httptest.NewServer(HandlerFor("POST /upload", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				got <- r.Trailer
			})))
			defer server.Close()
			conn, err := net.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_, err = fmt.Fprintf(conn, "POST /upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n", announce)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadAll(conn); err != nil {
				t.Fatal(err)
			}
			if trailer := <-got; trailer.Get("X-Sum") != "7" {
				t.Errorf("the handler sees the trailer %v, want X-Sum: 7", trailer)
			}
		})
	}
}
