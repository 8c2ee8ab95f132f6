package debugpage

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.uber.org/goleak"

	"github.com/otelmem/otelmem-go/otelmem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// diagnostics are running ones, with two spans and the folder of their dumps.
func diagnostics(t *testing.T) *otelmem.Diagnostics {
	t.Helper()
	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithLogFile("none"), otelmem.WithDumpDir(t.TempDir()),
		otelmem.WithThresholds("900TiB", "950TiB"))
	if err != nil {
		t.Fatal(err)
	}
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(mem.SpanProcessor(nil)))
	if err := mem.Start(t.Context(), tp, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := mem.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return mem
}

// hostile are names as strangers choose them.
var hostile = []string{
	"<script>alert(1)</script>",
	`"><img src=x onerror=alert(1)>`,
	"{{.Program}}",
	"\x1b[31mred\x1b[0m",
	"right \u202eot tfel",
	strings.Repeat("long ", 2000),
	"bad utf-8 \xff\xfe",
}

// work does hostile things.
func work(mem *otelmem.Diagnostics) {
	for _, name := range hostile {
		ctx, end := mem.Track(context.Background(), name, otelmem.Detail(name))
		otelmem.Do(ctx, name, func(context.Context) {})
		end()
	}
}

type answer struct {
	status int
	header http.Header
	body   string
}

// get asks a handler that is mounted at /debug/otelmem/ as it is.
func get(t *testing.T, h http.Handler, path string) answer {
	t.Helper()
	return ask(h, httptest.NewRequest(http.MethodGet, "http://localhost/debug/otelmem/"+path, nil))
}

func ask(h http.Handler, r *http.Request) answer {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.String()}
}

// post asks for a dump, from where the page is.
func post(reason string, change ...func(*http.Request)) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "http://localhost/debug/otelmem/dumps", strings.NewReader("reason="+reason))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Origin", "http://localhost")
	for _, c := range change {
		c(r)
	}
	return r
}

var pages = []string{"", "operations", "spans", "dumps", "report"}

func TestEveryPageAnswersWithStrictHeaders(t *testing.T) {
	h := Handler(diagnostics(t))
	for _, path := range append(pages, "report.txt", "report.json", "page.css", "page.js", "no/such/page") {
		a := get(t, h, path)
		want := http.StatusOK
		if path == "no/such/page" {
			want = http.StatusNotFound
		}
		if a.status != want || a.body == "" {
			t.Errorf("%q: status %d, %d bytes; want %d and a body", path, a.status, len(a.body), want)
		}
		for name, want := range map[string]string{
			"Content-Security-Policy": contentPolicy,
			"X-Content-Type-Options":  "nosniff",
			"Referrer-Policy":         "no-referrer",
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%q: %s is %q, want %q", path, name, got, want)
			}
		}
	}
	for _, want := range []string{"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"} {
		if !strings.Contains(contentPolicy, want) {
			t.Errorf("the content policy does not say %s", want)
		}
	}
	if strings.Contains(contentPolicy, "unsafe") {
		t.Error("the content policy allows something unsafe")
	}
}

// A page must not need what the policy forbids.
func TestPagesHaveNothingInline(t *testing.T) {
	mem := diagnostics(t)
	work(mem)
	h := Handler(mem)
	for _, path := range pages {
		body := get(t, h, path).body
		for _, inline := range []string{" style=", "<style", " onclick=", "javascript:", "<script>"} {
			if strings.Contains(body, inline) {
				t.Errorf("%q has %q", path, inline)
			}
		}
	}
}

func TestLinksAreRelative(t *testing.T) {
	mem := diagnostics(t)
	h := Handler(mem)
	if _, err := mem.Dump(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	for _, path := range pages {
		body := get(t, h, path).body
		for _, absolute := range []string{`href="/`, `src="/`, `action="/`, `href="http`} {
			if strings.Contains(body, absolute) {
				t.Errorf("%q has %s", path, absolute)
			}
		}
	}
}

func TestHostileNamesAreText(t *testing.T) {
	mem := diagnostics(t)
	work(mem)
	h := Handler(mem)
	if a := ask(h, post("%3Cscript%3Ealert(1)%3C%2Fscript%3E")); a.status != http.StatusSeeOther {
		t.Fatalf("dump: status %d: %s", a.status, a.body)
	}
	for _, path := range []string{"operations", "spans", "dumps", "", "report"} {
		body := get(t, h, path).body
		for _, raw := range []string{"<script>alert", "<img src=x", "\x1b", "\u202e", "\xff"} {
			if strings.Contains(body, raw) {
				t.Errorf("%q has %q as it was given", path, raw)
			}
		}
		if len(body) > 100<<10 {
			t.Errorf("%q has %d bytes: a name without end is shown whole", path, len(body))
		}
	}
	for _, path := range []string{"operations", "spans", "dumps"} {
		if body := strings.ReplaceAll(get(t, h, path).body, "<wbr>", ""); !strings.Contains(body, "&lt;script&gt;alert(1)&lt;/script&gt;") {
			t.Errorf("%q does not show a hostile name as text", path)
		}
	}
}

func TestOffSaysHowToTurnOn(t *testing.T) {
	off, err := otelmem.New(otelmem.WithEnabled(false))
	if err != nil {
		t.Fatal(err)
	}
	for _, mem := range []*otelmem.Diagnostics{off, nil} {
		h := Handler(mem)
		for _, path := range pages {
			if a := get(t, h, path); a.status != http.StatusOK || !strings.Contains(a.body, "OTELMEM_ENABLED=true") {
				t.Errorf("%q: status %d and no mend", path, a.status)
			}
		}
		for _, path := range []string{"events", "report.json", "dumps/heapdump_manual_2026-11-23T00-00-00-000Z.pb.gz"} {
			if a := get(t, h, path); a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "memory diagnostics are off") {
				t.Errorf("%q: status %d: %s", path, a.status, a.body)
			}
		}
		if a := ask(h, post("x")); a.header.Get("Location") != "" {
			t.Error("a dump was written while diagnostics are off")
		}
	}
}

func TestTraceIDsLead(t *testing.T) {
	mem := diagnostics(t)
	work(mem)
	body := get(t, Handler(mem, WithTraceURL("https://traces.example/trace/{trace_id}?span={span_id}")), "spans").body
	if !strings.Contains(body, `href="https://traces.example/trace/`) || strings.Contains(body, "{trace_id}") {
		t.Error("trace ids are no links")
	}
}

func TestBadOptionsAreLeftOutVisibly(t *testing.T) {
	mem := diagnostics(t)
	work(mem)
	for _, bad := range []string{
		"javascript:alert('{trace_id}')", "http://localhost/no/placeholder", "/trace/{trace_id}", "http://{trace_id}/", "://{trace_id}", "ftp://h/{trace_id}",
	} {
		body := get(t, Handler(mem, WithTraceURL(bad), nil), "spans").body
		if !strings.Contains(body, "Trace ids are not links: WithTraceURL(") || !strings.Contains(body, "{trace_id}") {
			t.Errorf("%s: the page does not say what is wrong", bad)
		}
		if strings.Contains(body, `rel="noreferrer"`) {
			t.Errorf("%s: trace ids are links", bad)
		}
	}
	if body := get(t, Handler(mem, WithDumpInterval(-1)), "").body; !strings.Contains(body, "WithDumpInterval(-1ns)") {
		t.Error("the page does not say that the interval is no good")
	}
}

func TestOtherMethodsAreRefused(t *testing.T) {
	h := Handler(diagnostics(t))
	for _, path := range []string{"", "spans", "report.json", "events"} {
		a := ask(h, httptest.NewRequest(http.MethodPost, "http://localhost/debug/otelmem/"+path, nil))
		if a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != "GET, HEAD" {
			t.Errorf("POST %q: status %d, Allow %q", path, a.status, a.header.Get("Allow"))
		}
	}
	if a := ask(h, httptest.NewRequest(http.MethodDelete, "http://localhost/debug/otelmem/dumps", nil)); a.status != http.StatusMethodNotAllowed {
		t.Errorf("DELETE: status %d", a.status)
	}
}

// What a browser loads for a page, all in all.
func TestPagesAreLight(t *testing.T) {
	mem := diagnostics(t)
	work(mem)
	server := httptest.NewServer(Handler(mem))
	defer server.Close()
	assets := 0
	for _, path := range []string{"/page.css", "/page.js"} {
		assets += size64(t, server.URL+path)
	}
	for _, path := range pages {
		if n := assets + size64(t, server.URL+"/"+path); n > 300<<10 {
			t.Errorf("%q weighs %d bytes, want less than 300 KB", path, n)
		} else {
			t.Logf("%q weighs %d bytes", path, n)
		}
	}
}

func size64(t *testing.T, url string) int {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return len(body)
}
