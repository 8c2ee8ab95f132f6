package browser

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/debugpage"
)

func TestHostileNamesAreShownAsText(t *testing.T) {
	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithLogFile("none"), otelmem.WithDumpDir(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(mem.SpanProcessor(nil)))
	if err := mem.Start(t.Context(), tp, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mem.Shutdown(context.Background()) })
	names := []string{
		"<script>document.title='owned'</script>",
		"<img src=x onerror=\"document.title='owned'\">",
		"'\"></td></tr></table><h1>owned</h1>",
		"\u202eowned\x1b[2J",
		strings.Repeat("wide", 100),
	}
	var kept [][]byte
	for _, name := range names {
		ctx, end := mem.Track(t.Context(), name)
		otelmem.Do(ctx, name, func(context.Context) { kept = append(kept, make([]byte, 8<<20)) })
		end()
	}
	server := httptest.NewServer(debugpage.Handler(mem, debugpage.WithTraceURL("http://localhost:16686/trace/{trace_id}")))
	t.Cleanup(server.Close)

	p := open(t, 400, 900)
	for _, path := range []string{"/", "/operations", "/spans", "/report"} {
		p.visit(server.URL + path)
		if path == "/" {
			p.wait(`document.querySelector("#canvas svg") !== null`) // the script has written the names anew
		}
		if title := ask[string](p, `document.title`); strings.Contains(title, "owned") {
			t.Errorf("%s: a name became a script", path)
		}
		if n := ask[int](p, `document.querySelectorAll("main script, main img").length + document.querySelectorAll("h1").length`); n != 1 {
			t.Errorf("%s: a name became elements: %d too many", path, n-1)
		}
		if text := p.text("main"); !strings.Contains(text, "<script>document.title='owned'</script>") {
			t.Errorf("%s does not show the name as text", path)
		}
		if cut := ask[int](p, `Math.max(0, ...[...document.querySelectorAll("pre")].map(e => e.scrollWidth - e.clientWidth))`); cut > 0 {
			t.Errorf("%s: %d px of the text are cut", path, cut)
		}
		if over := ask[int](p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			t.Errorf("%s: a long name makes it %d px too wide", path, over)
		}
	}
	if len(kept) != len(names) {
		t.Error("the operations hold nothing")
	}
}
