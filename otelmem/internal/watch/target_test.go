package watch

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/pprof"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// profiles serves the profiles of this process below a path.
func profiles(path string) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc(path, pprof.Index)
	mux.Handle(path+"heap", pprof.Handler("heap"))
	mux.Handle(path+"goroutine", pprof.Handler("goroutine"))
	mux.HandleFunc(path+"cmdline", pprof.Cmdline)
	return mux
}

func newTarget(t *testing.T, address string, o Options) *Target {
	t.Helper()
	a, err := ParseAddress(address)
	if err != nil {
		t.Fatal(err)
	}
	target, err := NewTarget(a, o)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func read(t *testing.T, address string, o Options) Profiles {
	t.Helper()
	target := newTarget(t, address, o)
	defer target.Close()
	return target.Read(t.Context())
}

func TestProfilesAreFoundWhereverTheyAreServed(t *testing.T) {
	for path, given := range map[string][]string{
		"/debug/pprof/":          {"", "/", "/debug/pprof", "/debug/pprof/", "/debug/pprof/heap", "/elsewhere"},
		"/internal/debug/pprof/": {"/internal", "/internal/debug/pprof/"},
		"/prof/":                 {"/prof", "/prof/heap"},
	} {
		server := httptest.NewServer(profiles(path))
		for _, suffix := range given {
			p := read(t, server.URL+suffix, Options{})
			if p.Err != nil || len(p.Heap) == 0 || len(p.Goroutines) == 0 || p.Service != "watch.test" {
				t.Errorf("%s, served at %s: %d bytes of heap, %d of goroutines, service %q, %v", suffix, path, len(p.Heap), len(p.Goroutines), p.Service, p.Err)
			}
		}
		server.Close()
	}
}

func TestProfilesComeByASocket(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "app.sock")
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: profiles("/debug/pprof/"), ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	for _, address := range []string{"unix://" + socket, "unix://" + socket + ":/debug/pprof/"} {
		if p := read(t, address, Options{}); p.Err != nil || len(p.Heap) == 0 {
			t.Errorf("%s: %d bytes, %v", address, len(p.Heap), p.Err)
		}
	}
}

func TestWhatAnswersBadlyIsSaidInALine(t *testing.T) {
	elsewhere := httptest.NewServer(profiles("/debug/pprof/"))
	defer elsewhere.Close()
	text := func(code int, contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(code)
			fmt.Fprint(w, body)
		}
	}
	for name, test := range map[string]struct {
		serve http.HandlerFunc
		want  string
	}{
		"nothing there":    {http.NotFound, "404 Not Found: there is no net/http/pprof at that path"},
		"a login":          {text(200, "text/html", "<!doctype html><title>Log in</title>"), "a web page, not with a profile"},
		"401":              {text(401, "text/plain", "who are you?\nforged line"), "401 Unauthorized (who are you?): give --header"},
		"profiles are off": {text(200, "text/plain", ""), "its answer is empty"},
		"text":             {text(200, "text/plain", "hello\x1b[31m"), "its answer is no profile: it begins with"},
		"503":              {text(503, "text/plain", "overloaded"), "503 Service Unavailable (overloaded)"},
		"elsewhere":        {http.RedirectHandler(elsewhere.URL+"/debug/pprof/heap", http.StatusFound).ServeHTTP, "it redirects to " + elsewhere.URL},
		"in a circle": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		}, "more than 3 redirects"},
		"it never ends": {func(w http.ResponseWriter, _ *http.Request) {
			for range 65 {
				_, _ = w.Write(make([]byte, mib))
			}
		}, "it answers with more than 64MB"},
		"it breaks off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, "half")
		}, "broke off after"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(test.serve)
			defer server.Close()
			p := read(t, strings.Replace(server.URL, "http://", "http://me:secret@", 1), Options{})
			if p.Err == nil || !strings.Contains(p.Err.Error(), test.want) {
				t.Fatalf("said %v, want %q", p.Err, test.want)
			}
			if said := p.Err.Error(); strings.ContainsAny(said, "\n\x1b") || strings.Contains(said, "secret") {
				t.Errorf("said %q", said)
			}
			if taken := NewProgram("", "", nil).Take(&p); taken.Err == nil {
				t.Error("it is taken for a reading")
			}
		})
	}
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	if p := read(t, closed.URL, Options{}); p.Err == nil || !strings.Contains(p.Err.Error(), "connection refused") {
		t.Errorf("nobody listens: %v", p.Err)
	}
}

func TestATargetThatHangsIsLeft(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	target := newTarget(t, server.URL, Options{})
	defer target.Close()
	ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, context.DeadlineExceeded)
	defer cancel()
	if p := target.Read(ctx); p.Err == nil || !strings.Contains(p.Err.Error(), "deadline exceeded") {
		t.Errorf("said %v", p.Err)
	}
}

func TestHeadersGoWithEachRequestAndToNobodyElse(t *testing.T) {
	var elsewhere http.Header
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { elsewhere = r.Header }))
	defer other.Close()
	inner := profiles("/debug/pprof/")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Authorization") != "Bearer x":
			http.Error(w, "who?", http.StatusUnauthorized)
		case r.URL.Path == "/debug/pprof/goroutine":
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		default:
			inner.ServeHTTP(w, r)
		}
	}))
	defer server.Close()
	p := read(t, server.URL, Options{Access: Access{Header: http.Header{"Authorization": {"Bearer x"}}}})
	if p.Err != nil || !strings.Contains(p.NotRead, "it redirects to "+other.URL) {
		t.Errorf("read with %v, goroutines %q", p.Err, p.NotRead)
	}
	if elsewhere != nil {
		t.Errorf("another host was asked, with %v", elsewhere)
	}
}

func TestNoGarbageIsCollectedUnlessAskedFor(t *testing.T) {
	for gc, want := range map[bool]string{false: "", true: "1"} {
		got := "never asked"
		inner := profiles("/debug/pprof/")
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/heap") && !r.URL.Query().Has("debug") {
				got = r.URL.Query().Get("gc")
			}
			inner.ServeHTTP(w, r)
		}))
		if p := read(t, server.URL, Options{GC: gc, NoGoroutines: true}); p.Err != nil || p.Goroutines != nil || got != want {
			t.Errorf("--gc=%t: gc=%q, %d bytes of goroutines, %v", gc, got, len(p.Goroutines), p.Err)
		}
		server.Close()
	}
}

func TestAfterAFailureAnotherProgramMayAnswer(t *testing.T) {
	name, broken := "first", false
	inner := profiles("/debug/pprof/")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case broken:
			http.Error(w, "starting", http.StatusServiceUnavailable)
		case strings.HasSuffix(r.URL.Path, "/cmdline"):
			fmt.Fprint(w, "/usr/bin/"+name+"\x00-port\x001")
		default:
			inner.ServeHTTP(w, r)
		}
	}))
	defer server.Close()
	target := newTarget(t, server.URL, Options{})
	defer target.Close()
	first := target.Read(t.Context())
	broken = true
	failed := target.Read(t.Context())
	name, broken = "second", false
	second := target.Read(t.Context())
	if first.Service != "first" || failed.Err == nil || second.Service != "second" {
		t.Errorf("read %q, %v, %q", first.Service, failed.Err, second.Service)
	}
}
