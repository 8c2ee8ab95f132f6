package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestTwoDumpsAreCompared(t *testing.T) {
	p := open(t, 1280, 900)
	p.visit(page)
	p.wait(`!document.querySelector("#compare").hidden`)
	p.visit(page + "dumps")
	// By keyboard: the first dump is the last row.
	last := ask[int](p, `document.querySelectorAll("#dumps tbody tr").length`)
	if last < 2 {
		t.Fatalf("%d dumps are listed, want two or more", last)
	}
	p.do(chromedp.Focus(chromedp.CSS("#dumps tbody tr:last-child input[name=base]")), chromedp.KeyEvent(" "),
		chromedp.Focus(chromedp.CSS("#dumps tbody tr:first-child input[name=current]")), chromedp.KeyEvent(" "),
		chromedp.Click(chromedp.CSS("button[name=by]")), chromedp.WaitVisible(chromedp.CSS("#changes")))
	if first := p.text("#changes tbody tr"); !strings.Contains(first, "leakyserver/service.go:60") || !strings.Contains(first, "main.makeRecord") {
		t.Errorf("by line, the first row is %q", first)
	}
	if headline := p.text("h1"); !strings.Contains(headline, "service.go:60") {
		t.Errorf("the headline is %q", headline)
	}
	for label, want := range map[string]string{"By function": "main.makeRecord", "By operation": "GET /api/records"} {
		p.do(chromedp.Click(chromedp.Search("//nav[@class='tabs']/a[text()='"+label+"']")),
			chromedp.WaitVisible(chromedp.Search("//nav[@class='tabs']/a[text()='"+label+"' and @aria-current]")))
		if first := p.text("#changes tbody tr"); !strings.Contains(first, want) {
			t.Errorf("%s, the first row is %q, want %s", label, first, want)
		}
	}
	for _, width := range []int64{400, 1600} {
		p.size(width, 900)
		if over := ask[int](p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			t.Errorf("at %d px: %d px too wide", width, over)
		}
	}
	p.size(1280, 900)
	p.do(chromedp.Click(chromedp.CSS("a.button")), chromedp.WaitVisible(chromedp.CSS("svg.flame")))
	if boxes := ask[string](p, `document.querySelector("svg.flame").textContent`); !strings.Contains(boxes, "makeRecord") {
		t.Errorf("the flame graph of the difference has no makeRecord: %.300s", boxes)
	}
	for _, scheme := range []string{"light", "dark"} {
		p.scheme(scheme)
		if worst := ask[float64](p, worstContrast); worst < 4.5 {
			t.Errorf("%s: a name in the flame graph has a contrast of %.1f to its box, want 4.5", scheme, worst)
		}
	}
	if width := ask[float64](p, `document.querySelector("svg.flame").clientWidth / document.querySelector("main > h1").clientWidth`); width < 1 {
		t.Errorf("the flame graph is %.2f times as wide as the headline", width)
	}
	allStacks := chromedp.Search("//p[@class='crumbs']/a[text()='All stacks']") // there while something is seen from nearer
	p.do(chromedp.Click(chromedp.Search("//*[local-name()='svg' and contains(@class, 'flame')]/*[local-name()='a'][contains(., 'makeRecord')]")),
		chromedp.WaitVisible(allStacks))
	if stack := p.text("ol.stack"); !strings.Contains(stack, "bytes.Repeat") {
		t.Errorf("from makeRecord on, the largest stack is %q", stack)
	}
	for _, width := range []int64{400, 1600} {
		p.size(width, 900)
		if over := ask[int](p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			t.Errorf("the flame graph at %d px: %d px too wide", width, over)
		}
	}
	p.do(chromedp.Click(allStacks), chromedp.WaitNotPresent(allStacks), chromedp.WaitVisible(chromedp.CSS("svg.flame")))
}

// worstContrast is the least contrast of a name in the flame graph to its box, as WCAG
// computes it.
const worstContrast = `(() => {
	const luminance = (color) => color.match(/\d+/g).slice(0, 3).map(c => c / 255)
		.map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
		.reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
	const contrasts = [...document.querySelectorAll("svg.flame text")].map(text => {
		const [a, b] = [text, text.parentNode.querySelector("rect")].map(e => luminance(getComputedStyle(e).fill) + 0.05);
		return Math.max(a, b) / Math.min(a, b);
	});
	return Math.min(...contrasts);
})()`
