package browser

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// pages are all of the debug page, relative to its address.
var pages = []string{"", "operations", "spans", "dumps", "report"}

// leaks is true when the first page names the leak.
const leaks = `document.querySelector("#sentence").textContent.includes("GET /api/records has kept")`

func TestItNamesTheRouteAndTheLine(t *testing.T) {
	p := open(t, 1280, 900)
	p.visit(page)
	p.wait(leaks) // it follows by itself
	verdict := p.text("#sentence")
	for _, want := range []string{"GET /api/records has kept", "service.go:60", "main.makeRecord"} {
		if !strings.Contains(verdict, want) {
			t.Errorf("the verdict is %q, want one with %s", verdict, want)
		}
	}
	if first := p.text("#top tr"); !strings.Contains(first, "GET /api/records") || !strings.Contains(first, "service.go:60") {
		t.Errorf("the first of those that hold most is %q", first)
	}
	p.visit(page + "operations")
	if first := p.text("#operations tbody tr"); !strings.Contains(first, "GET /api/records") || !strings.Contains(first, "Example traces: ") {
		t.Errorf("the first operation is %q, want the leaker with examples", first)
	}
}

func TestMemoryIsDrawnAndFollowed(t *testing.T) {
	p := open(t, 1280, 900)
	p.visit(page)
	p.wait(`document.querySelectorAll("#canvas path.series").length === 4`)
	p.wait(`document.querySelectorAll("#canvas .threshold").length >= 1`)
	p.wait(`document.querySelectorAll("#canvas .dump").length >= 1`)
	before := ask[string](p, `document.querySelector("#canvas path.rss").getAttribute("d")`)
	p.wait(`document.querySelector("#canvas path.rss").getAttribute("d") !== ` + quote(before))

	// By keyboard: the chart is read point by point, a line is taken out.
	p.do(chromedp.Focus(chromedp.CSS("#canvas")), chromedp.KeyEvent(kb.ArrowLeft))
	p.wait(`document.querySelector("#readout").textContent.startsWith("At ")`)
	p.do(chromedp.Focus(chromedp.CSS("#legend button")), chromedp.KeyEvent(" "))
	p.wait(`document.querySelectorAll("#canvas path.series").length === 3`)
}

func TestEveryPageFitsAndIsQuiet(t *testing.T) {
	p := open(t, 1280, 900)
	for _, scheme := range []string{"light", "dark"} {
		p.scheme(scheme)
		for _, width := range []int64{320, 400, 800, 1024, 1280, 1600, 2560} {
			p.size(width, 900)
			for _, name := range pages {
				p.visit(page + name)
				if over := ask[int](p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
					t.Errorf("%q, %s, %d px: %d px too wide", name, scheme, width, over)
				}
				if narrow := ask[float64](p, `Math.min(...[...document.querySelectorAll(".notes dd")].map(e => e.clientWidth), 1e9)`); narrow < 250 {
					t.Errorf("%q, %d px: an explanation is %.0f px wide", name, width, narrow)
				}
				dark := ask[bool](p, `getComputedStyle(document.body).backgroundColor.match(/\d+/g).reduce((a, b) => a + +b, 0) < 200`)
				if dark != (scheme == "dark") {
					t.Errorf("%q is dark: %v, asked for %s", name, dark, scheme)
				}
			}
		}
	}
}

func TestTablesAreSortedByClickAndByKeyboard(t *testing.T) {
	p := open(t, 1280, 900)
	p.visit(page)
	p.wait(leaks)
	p.visit(page + "operations")
	column := func(n int) []string {
		return ask[[]string](p, `[...document.querySelectorAll("#operations tbody tr")].map(r => r.cells[`+string(rune('0'+n))+`].dataset.v)`)
	}
	for len(column(7)) < 4 { // a server that has just started has few; the tab has a deadline
		p.visit(page + "operations")
	}
	const calls = `#operations thead th:nth-child(8)`
	p.do(chromedp.Click(chromedp.CSS(calls + " button")))
	down := column(7)
	if sorted := slices.IsSortedFunc(down, func(a, b string) int { return number(b) - number(a) }); !sorted {
		t.Errorf("by calls, clicked once: %v", down)
	}
	if got := ask[string](p, `document.querySelector("`+calls+`").getAttribute("aria-sort")`); got != "descending" {
		t.Errorf("aria-sort is %q", got)
	}
	p.do(chromedp.Focus(chromedp.CSS(calls+" button")), chromedp.KeyEvent(kb.Enter))
	up := column(7)
	slices.Reverse(up)
	if sorted := slices.IsSortedFunc(up, func(a, b string) int { return number(b) - number(a) }); !sorted {
		t.Errorf("by calls, Enter pressed: %v", up)
	}
	p.do(chromedp.Focus(chromedp.CSS("#operations thead th:nth-child(1) button")), chromedp.KeyEvent(" "))
	if names := column(0); !slices.IsSortedFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }) {
		t.Errorf("by name, space pressed: %v", names)
	}
}

// Tab alone leads through the page, and what has the focus is to be seen.
func TestWorksWithoutAMouse(t *testing.T) {
	p := open(t, 1280, 900)
	p.visit(page)
	p.do(chromedp.KeyEvent(kb.Tab))
	if got := ask[string](p, `document.activeElement.textContent`); got != "Skip to the content" {
		t.Errorf("the first stop is %q", got)
	}
	for range 3 {
		p.do(chromedp.KeyEvent(kb.Tab))
	}
	if got := ask[string](p, `document.activeElement.textContent`); got != "Operations" {
		t.Errorf("the fourth stop is %q, want Operations", got)
	}
	if got := ask[string](p, `getComputedStyle(document.activeElement).outlineStyle`); got == "none" {
		t.Error("the focus is not to be seen")
	}
	p.do(chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("#operations")))
}

func TestADumpIsTaken(t *testing.T) {
	p := open(t, 1280, 900)
	p.visit(page + "dumps")
	p.do(chromedp.SendKeys(chromedp.CSS("input[name=reason]"), "<script>alert(1)</script>"+kb.Enter),
		chromedp.WaitVisible(chromedp.CSS("tr.hot")))
	if row := p.text("tr.hot"); !strings.Contains(row, "just now") || !strings.Contains(row, "<script>alert(1)</script>") {
		t.Errorf("the new dump's row is %q", row)
	}
	if got := ask[string](p, `location.search`); !strings.HasPrefix(got, "?written=heapdump_manual_script-alert-1-script_") {
		t.Errorf("the page went to %q", got)
	}
}

func TestFirstPaintIsSoon(t *testing.T) {
	p := open(t, 1280, 900)
	p.visit(page)
	var paints []float64
	for range 5 {
		p.visit(page)
		p.wait(`performance.getEntriesByName("first-paint").length > 0`)
		paints = append(paints, ask[float64](p, `performance.getEntriesByName("first-paint")[0].startTime`))
	}
	slices.Sort(paints)
	median := paints[len(paints)/2]
	t.Logf("first paint after %.0f ms (%.0f)", median, paints)
	if limit := 2 * time.Second; median > float64(limit.Milliseconds()) {
		t.Errorf("first paint after %.0f ms, want 200 on an idle machine and %v at most on a busy one", median, limit)
	}
}

func TestWeightOfAllThatIsLoaded(t *testing.T) {
	p := open(t, 1280, 900)
	for _, name := range pages {
		p.visit(page + name)
		// The stream of events has not ended, and is no weight of the page.
		bytes := ask[int](p, `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
			.filter(e => !e.name.endsWith("/events")).reduce((sum, e) => sum + e.decodedBodySize, 0)`)
		t.Logf("%q weighs %d bytes", name, bytes)
		if bytes == 0 || bytes > 300<<10 {
			t.Errorf("%q weighs %d bytes, want less than 300 KB", name, bytes)
		}
	}
}
