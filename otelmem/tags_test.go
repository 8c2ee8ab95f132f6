package otelmem

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// sampleFinely makes the runtime sample what is much larger than 4 KiB as good as always
// while a test runs. Sampling everything would make reading the profile the longest part
// of it.
func sampleFinely(t *testing.T) {
	old := runtime.MemProfileRate
	runtime.MemProfileRate = 4096
	t.Cleanup(func() { runtime.MemProfileRate = old })
}

// live is what an operation holds by its tag, in bytes.
func live(t *testing.T, operation string) float64 {
	t.Helper()
	runtime.GC()
	runtime.GC()
	profile, err := heapprofile.Read(nil)
	if err != nil {
		t.Fatal(err)
	}
	tag := heaptag.Default.Find(operation)
	if tag == nil {
		return 0
	}
	if account := profile.Tagged[tag.ID]; account != nil {
		return account.Live
	}
	return 0
}

func wantLive(t *testing.T, operation string, want int) {
	t.Helper()
	if got := live(t, operation); got < float64(want) || got > float64(want)*1.1+64<<10 {
		t.Errorf("%s holds %.0f bytes, want %d", operation, got, want)
	}
}

func TestDoTagsWhatItsGoroutineAllocates(t *testing.T) {
	sampleFinely(t)
	var a, b []byte
	Do(t.Context(), "do outer", func(ctx context.Context) {
		Do(ctx, "do inner", func(context.Context) { a = make([]byte, 1<<20) })
		b = make([]byte, 2<<20)
	})
	wantLive(t, "do inner", 1<<20)
	wantLive(t, "do outer", 2<<20)
	runtime.KeepAlive(a)
	runtime.KeepAlive(b)
}

func TestGoKeepsTheTagOfItsContext(t *testing.T) {
	sampleFinely(t)
	var a, b []byte
	var wait sync.WaitGroup
	wait.Add(3)
	Do(t.Context(), "go outer", func(ctx context.Context) {
		Go(ctx, func(context.Context) { defer wait.Done(); a = make([]byte, 1<<20) })
		GoAs(ctx, "go named", func(context.Context) { defer wait.Done(); b = make([]byte, 2<<20) })
	})
	Go(t.Context(), func(context.Context) { wait.Done() })
	wait.Wait()
	wantLive(t, "go outer", 1<<20)
	wantLive(t, "go named", 2<<20)
	runtime.KeepAlive(a)
	runtime.KeepAlive(b)
}

func TestHandlerTagsByRoute(t *testing.T) {
	sampleFinely(t)
	var kept [][]byte
	mux := http.NewServeMux()
	mux.HandleFunc("GET /tagged/{id}", func(_ http.ResponseWriter, r *http.Request) {
		if r.PathValue("id") == "" || r.Pattern != "GET /tagged/{id}" {
			t.Errorf("the mux's own values are missing: %+v", r.Pattern)
		}
		kept = append(kept, make([]byte, 1<<20))
	})
	outside := ""
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		Handler(mux).ServeHTTP(w, r)
		outside = r.Pattern
	})
	for _, path := range []string{"/tagged/1", "/tagged/2", "/made/up"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		if want := "GET /tagged/{id}"; strings.HasPrefix(path, "/tagged") && outside != want {
			t.Errorf("who is outside sees the pattern %q, want %q", outside, want)
		}
	}
	wantLive(t, "GET /tagged/{id}", 2<<20)
	runtime.KeepAlive(kept)
	made := func(tag *heaptag.Tag) bool { return strings.Contains(tag.Operation, "made") }
	if slices.ContainsFunc(heaptag.Default.Table(), made) {
		t.Error("a path that a client made up became an operation")
	}
}

// Handler takes the mux's choice for patterns without wildcards: nobody may
// notice.
func TestHandlerAnswersAsItsMuxDoes(t *testing.T) {
	mux := http.NewServeMux()
	tell := func(w http.ResponseWriter, r *http.Request) {
		r.SetPathValue("set", "by hand")
		_, _ = fmt.Fprintf(w, "%s %q %q", r.Pattern, r.PathValue("id"), r.PathValue("set"))
	}
	for _, pattern := range []string{"GET /plain", "/dir/", "GET /item/{id}", "GET /root/{$}", "POST /plain", "files.test/plain"} {
		mux.HandleFunc(pattern, tell)
	}
	requests := []struct{ method, target string }{
		{"GET", "/plain"},
		{"HEAD", "/plain"},
		{"DELETE", "/plain"},
		{"POST", "/plain"},
		{"GET", "/dir"},
		{"GET", "/dir/below"},
		{"GET", "/dir/../plain"},
		{"GET", "/item/7"},
		{"GET", "/root/"},
		{"GET", "/nowhere"},
		{"GET", "http://files.test/plain"},
		{"CONNECT", "/plain"},
		{"OPTIONS", "*"},
	}
	for _, q := range requests {
		answer := func(h http.Handler) (string, *http.Request) {
			w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), q.method, q.target, nil)
			h.ServeHTTP(w, r)
			return fmt.Sprintln(w.Code, w.Header(), w.Body), r
		}
		want, wantRequest := answer(mux)
		got, gotRequest := answer(Handler(mux))
		if got != want || gotRequest.Pattern != wantRequest.Pattern {
			t.Errorf("%s %s: got %s by %q, want %s by %q", q.method, q.target, got, gotRequest.Pattern, want, wantRequest.Pattern)
		}
	}
}

func TestHandlerForIsForOtherRouters(t *testing.T) {
	sampleFinely(t)
	var kept []byte
	h := HandlerFor("GET /other", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { kept = make([]byte, 1<<20) }))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/other", nil))
	wantLive(t, "GET /other", 1<<20)
	runtime.KeepAlive(kept)
}

func TestDoRouteIsForMiddlewareThatKnowsThePattern(t *testing.T) {
	sampleFinely(t)
	var kept [][]byte
	get := func(path, pattern string) *http.Request {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		DoRoute(r, pattern, func(r *http.Request) {
			r.Pattern = "set inside"
			done := make(chan struct{})
			Go(r.Context(), func(context.Context) {
				defer close(done)
				kept = append(kept, make([]byte, 1<<20))
			})
			<-done
		})
		return r
	}
	for _, path := range []string{"/by-hand/1", "/by-hand/2"} {
		if r := get(path, "/by-hand/:id"); r.Pattern != "set inside" {
			t.Errorf("who is outside sees the pattern %q", r.Pattern)
		}
	}
	wantLive(t, "GET /by-hand/:id", 2<<20)
	before := len(heaptag.Default.Table())
	get("/made/up", "")
	if after := len(heaptag.Default.Table()); after != before {
		t.Error("a request without a route became an operation")
	}
	runtime.KeepAlive(kept)
}

// What has one name, or one route, is one row: of a handler's bytes and of its spans.
func TestHandlersNamedByHandMeetTheirSpans(t *testing.T) {
	sampleFinely(t)
	d := newDiagnostics(t)
	tracer, _ := start(t, d, nil)
	var kept [][]byte
	for name, c := range map[string]struct{ operation, spanName, method, want string }{
		"a route":                           {"GET /by-name/{id}", "serve", "GET", "GET /by-name/{id}"},
		"a route, by another method":        {"GET /by-name/{id}", "serve", "POST", "POST /by-name/{id}"},
		"no route, and the span's own name": {"GET by-name", "GET by-name", "GET", "GET by-name"},
		"no route, a word":                  {"by_name_other", "by_name_other", "GET", "by_name_other"},
	} {
		ctx, span := tracer.Start(t.Context(), c.spanName, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
			attribute.String("http.request.method", c.method), attribute.String("url.path", "/by-name/7")))
		r := httptest.NewRequestWithContext(ctx, c.method, "/by-name/7", nil)
		HandlerFor(c.operation, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { kept = append(kept, make([]byte, 1<<20)) })).ServeHTTP(httptest.NewRecorder(), r)
		span.End()
		rep, err := d.Report(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(rep.Operations, func(o report.Operation) bool { return o.Name == c.want })
		if i < 0 || rep.Operations[i].Calls != 1 {
			t.Errorf("%s: no call of %q", name, c.want)
		}
		wantLive(t, c.want, 1<<20)
	}
	runtime.KeepAlive(kept)
}

// Tagged bytes and spans of one route are one operation in one category.
func TestRouteNamedByHandMeetsItsSpans(t *testing.T) {
	sampleFinely(t)
	d := newDiagnostics(t)
	tracer, _ := start(t, d, nil)
	var kept []byte
	_, span := tracer.Start(t.Context(), "GET", trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.String("http.request.method", "GET"), attribute.String("http.route", "/met/:id")))
	Do(t.Context(), "GET /met/:id", func(context.Context) { kept = make([]byte, 1<<20) })
	span.End()
	wantLive(t, "GET /met/:id", 1<<20)
	r, err := d.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	runtime.KeepAlive(kept)
	o := slices.IndexFunc(r.Operations, func(o report.Operation) bool { return o.Name == "GET /met/:id" })
	if o < 0 || r.Operations[o].Calls != 1 || r.Operations[o].Live < 1<<20 || r.Operations[o].Category != "api_met" {
		t.Errorf("operations: %+v", r.Operations)
	}
	c := slices.IndexFunc(r.Categories, func(c report.Category) bool { return c.Name == "api_met" })
	if c < 0 || r.Categories[c].Live < 1<<20 || r.Categories[c].Growth.Calls != 1 {
		t.Errorf("categories: %+v", r.Categories)
	}
}

func TestHandlerPassesPanicsAndOptionalInterfaces(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /panics", func(w http.ResponseWriter, r *http.Request) {
		if _, ok := w.(http.Flusher); !ok {
			t.Error("the ResponseWriter lost its Flusher")
		}
		r.MultipartForm = &multipart.Form{}
		panic("mine")
	})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/panics", nil)
	defer func() {
		if p := recover(); p != "mine" {
			t.Errorf("recovered %v", p)
		}
		if r.MultipartForm == nil || r.Pattern != "POST /panics" {
			t.Error("who is outside cannot clean up after the panic")
		}
	}()
	Handler(mux).ServeHTTP(httptest.NewRecorder(), r)
}

func TestInventedMethodsShareATag(t *testing.T) {
	h := Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	before := len(heaptag.Default.Table())
	for _, method := range []string{"EVIL1", "EVIL2", "EVIL3"} {
		r := httptest.NewRequestWithContext(t.Context(), method, "/x", nil)
		r.Pattern = "/invented"
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	if got := len(heaptag.Default.Table()) - before; got > 1 {
		t.Errorf("%d new tags, want one for all", got)
	}
	if heaptag.Default.Find("_OTHER /invented") == nil {
		t.Error("the tag that they share is missing")
	}
}

// blocked is how many goroutines receive from a channel.
func blocked(t *testing.T) int {
	t.Helper()
	var stacks bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&stacks, 2); err != nil {
		t.Fatal(err)
	}
	return strings.Count(stacks.String(), " [chan receive")
}

func TestGoroutinesAreCountedByOperationAndTheUsersLabelsComeBack(t *testing.T) {
	d := newDiagnostics(t)
	release := make(chan struct{})
	var leaked sync.WaitGroup
	users := pprof.WithLabels(t.Context(), pprof.Labels("user", "own"))
	pprof.SetGoroutineLabels(users)
	defer pprof.SetGoroutineLabels(t.Context())
	Do(users, "leaks goroutines", func(context.Context) {
		for range 150 {
			leaked.Go(func() { <-release })
		}
	})
	defer leaked.Wait()
	defer close(release)
	for begun := time.Now(); blocked(t) < 150 && time.Since(begun) < 10*time.Second; {
		time.Sleep(time.Millisecond)
	}
	r, err := d.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(r.Operations, func(o report.Operation) bool { return o.Name == "leaks goroutines" })
	if i < 0 || r.Operations[i].Goroutines != 150 {
		t.Fatalf("want 150 goroutines: %+v", r.Operations)
	}
	g := slices.IndexFunc(r.Goroutines, func(g report.Goroutines) bool { return g.Operation == "leaks goroutines" })
	if g < 0 || r.Goroutines[g].Count != 150 || r.Goroutines[g].StackBytes < 150<<10 || !strings.Contains(r.Goroutines[g].Meaning, "receives from a channel") {
		t.Errorf("want 150 goroutines that receive from a channel: %+v", r.Goroutines)
	}
	if text := r.String(); !strings.Contains(text, "\nGOROUTINES of") || !strings.Contains(text, "\nleaks goroutines  150 ") {
		t.Errorf("the report does not say so:\n%s", text)
	}
	var profile bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&profile, 1); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(profile.String(), `"user":"own"}`) || !strings.Contains(profile.String(), `"operation":"leaks goroutines", "user":"own"`) {
		t.Errorf("labels are not merged and restored:\n%s", profile.String())
	}
}

// Tracers label goroutines from the context that they get.
func TestTheContextsThatAreHandedOnCarryTheOperationsLabel(t *testing.T) {
	check := func(t *testing.T, ctx context.Context) {
		pprof.Do(ctx, pprof.Labels("span", "7"), func(ctx context.Context) {
			if operation, _ := pprof.Label(ctx, heaptag.OperationLabel); operation != "GET /carries" {
				t.Errorf("below another label the operation is %q", operation)
			}
		})
	}
	t.Run("Do", func(t *testing.T) {
		Do(t.Context(), "GET /carries", func(ctx context.Context) { check(t, ctx) })
	})
	t.Run("Go", func(t *testing.T) {
		done := make(chan struct{})
		GoAs(t.Context(), "GET /carries", func(ctx context.Context) {
			Go(ctx, func(ctx context.Context) { defer close(done); check(t, ctx) })
		})
		<-done
	})
	t.Run("Handler", func(t *testing.T) {
		h := HandlerFor("GET /carries", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { check(t, r.Context()) }))
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/carries", nil))
	})
}

func TestLeakedGoroutinesAreKnownWhereTheRuntimeKnows(t *testing.T) {
	d := newDiagnostics(t)
	leaked, err := d.LeakedGoroutines(t.Context())
	if has := pprof.Lookup("goroutineleak") != nil; has != (err == nil) || len(leaked) > 0 {
		t.Errorf("leaked %+v, %v", leaked, err)
	}
}

func BenchmarkDo(b *testing.B) {
	fn := func(context.Context) {}
	b.Run("first", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Do(b.Context(), "bench", fn)
		}
	})
	b.Run("carried", func(b *testing.B) {
		b.ReportAllocs()
		Do(b.Context(), "bench", func(ctx context.Context) {
			for b.Loop() {
				Do(ctx, "bench", fn)
			}
		})
	})
}

// BenchmarkHandler is a mux alone and with Handler around it.
func BenchmarkHandler(b *testing.B) {
	mux := http.NewServeMux()
	nothing := func(http.ResponseWriter, *http.Request) {}
	mux.HandleFunc("GET /api/records/{id}", nothing)
	mux.HandleFunc("GET /api/records", nothing)
	w := httptest.NewRecorder()
	for _, path := range []string{"/api/records", "/api/records/17"} {
		r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
		for _, c := range []struct {
			name string
			h    http.Handler
		}{{"bare", mux}, {"otelmem", Handler(mux)}} {
			b.Run(c.name+path, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					c.h.ServeHTTP(w, r)
				}
			})
		}
	}
}
