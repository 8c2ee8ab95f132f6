package otelmem

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// labeled says whether a goroutine bears exactly these labels, as the profile of
// goroutines writes them.
func labeled(t *testing.T, labels string) bool {
	t.Helper()
	var profile bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&profile, 1); err != nil {
		t.Fatal(err)
	}
	return strings.Contains(profile.String(), "# labels: {"+labels+"}\n")
}

// A service has labels of its own on a goroutine: within an operation they stand beside
// its name, and afterwards as before.
func TestTheUsersGoroutineLabelsComeBack(t *testing.T) {
	const inside, outside = `"operation":"GET /labels", "user":"own"`, `"user":"own"`
	within := func(*http.Request) {
		if !labeled(t, inside) {
			t.Error("within the operation, its name does not stand beside the user's label")
		}
	}
	handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { within(r) })
	mux := http.NewServeMux()
	mux.Handle("GET /labels", handler)
	panics := HandlerFor("GET /labels", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		within(r)
		panic("mine")
	}))
	for name, run := range map[string]func(*http.Request){
		"Do":         func(r *http.Request) { Do(r.Context(), "GET /labels", func(context.Context) { within(r) }) },
		"Handler":    func(r *http.Request) { Handler(mux).ServeHTTP(httptest.NewRecorder(), r) },
		"HandlerFor": func(r *http.Request) { HandlerFor("GET /labels", handler).ServeHTTP(httptest.NewRecorder(), r) },
		"DoRoute":    func(r *http.Request) { DoRoute(r, "/labels", within) },
		"a Do within a Do of the same operation": func(r *http.Request) {
			Do(r.Context(), "GET /labels", func(ctx context.Context) {
				Do(ctx, "GET /labels", func(context.Context) { within(r) })
				within(r)
			})
		},
		"a Do within a Do of another": func(r *http.Request) {
			Do(r.Context(), "GET /labels", func(ctx context.Context) {
				Do(ctx, "other labels", func(context.Context) {})
				within(r)
			})
		},
		"a handler that panics": func(r *http.Request) {
			defer func() { _ = recover() }()
			panics.ServeHTTP(httptest.NewRecorder(), r)
		},
		"a Do that panics": func(r *http.Request) {
			defer func() { _ = recover() }()
			Do(r.Context(), "GET /labels", func(context.Context) { panic("mine") })
		},
	} {
		t.Run(name, func(t *testing.T) {
			pprof.Do(t.Context(), pprof.Labels("user", "own"), func(ctx context.Context) {
				run(httptest.NewRequestWithContext(ctx, http.MethodGet, "/labels", nil))
				if !labeled(t, outside) {
					t.Error("afterwards the user's labels are not as before")
				}
			})
		})
	}
}

func TestWithoutDiagnosticsNothingIsTagged(t *testing.T) {
	releaseTags()
	defer func() { releaseTags = heaptag.Activate() }()
	before := len(heaptag.Default.Table())
	mux := http.NewServeMux()
	mux.HandleFunc("GET /off", func(_ http.ResponseWriter, r *http.Request) {
		if heaptag.FromContext(r.Context()) != nil {
			t.Error("the context carries an operation")
		}
	})
	get := func() *http.Request { return httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/off", nil) }
	ran := 0
	Do(t.Context(), "off by Do", func(ctx context.Context) {
		ran++
		if ctx != t.Context() {
			t.Error("Do changed the context")
		}
	})
	Handler(mux).ServeHTTP(httptest.NewRecorder(), get())
	HandlerFor("GET /off by name", mux).ServeHTTP(httptest.NewRecorder(), get())
	DoRoute(get(), "/off by route", func(*http.Request) { ran++ })
	if ran != 2 || len(heaptag.Default.Table()) != before {
		t.Errorf("%d functions ran, %d tags were made, want 2 and none", ran, len(heaptag.Default.Table())-before)
	}
}
