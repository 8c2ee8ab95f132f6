// Package browser opens the debug page in a real browser. It is a module of its
// own, so that nobody who imports otelmem gets a browser's protocol with it.
package browser

import (
	"context"
	"fmt"
	"iter"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// patience bounds what one test does in the browser.
const patience = 90 * time.Second

const noBrowser = "no Chromium on this machine, so nothing was opened in it: apt-get install chromium"

// findBrowser returns where Chromium is; empty for nowhere.
func findBrowser() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// tab is a page in the browser. What goes wrong on its console fails its test.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// open starts a browser with one tab of the given size.
func open(t *testing.T, width, height int64) *tab {
	t.Helper()
	browser := findBrowser()
	if browser == "" {
		t.Skip(noBrowser)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(browser),
		chromedp.NoSandbox, // CI runs as root, and the pages are ours
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.UserDataDir(t.TempDir()))...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	p := &tab{t: t, ctx: ctx}
	heard := make(chan []string, 1)
	listening, deaf := context.WithCancel(ctx)
	messages := chromedp.Console(listening)
	go func() { heard <- complaints(messages) }()
	t.Cleanup(func() {
		deaf()
		for _, text := range <-heard {
			t.Errorf("the console says: %s", text)
		}
		_ = chromedp.Cancel(ctx)
	})
	p.size(width, height)
	return p
}

// complaints are the warnings and errors among messages.
func complaints(messages iter.Seq2[chromedp.ConsoleMessage, error]) (texts []string) {
	for m, err := range messages {
		if err != nil {
			return texts
		}
		switch m.Type {
		case "error", "warning", "assert", chromedp.ConsoleException:
			texts = append(texts, fmt.Sprintf("%s: %s (%s)", m.Type, m.Text, m.URL))
		}
	}
	return texts
}

func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// get runs one action that answers.
func get[T any](p *tab, action chromedp.Action[T]) T {
	p.t.Helper()
	answer, err := chromedp.Run(p.ctx, action)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer
}

// ask evaluates an expression.
func ask[T any](p *tab, expression string) T {
	p.t.Helper()
	return get(p, chromedp.Evaluate[T](expression))
}

// text is that of an element, as a person sees it.
func (p *tab) text(selector string) string {
	p.t.Helper()
	return get(p, chromedp.Text(chromedp.CSS(selector)))
}

// visit opens a page and waits for its heading.
func (p *tab) visit(url string) {
	p.t.Helper()
	p.do(chromedp.Navigate(url), chromedp.WaitVisible(chromedp.CSS("h1")))
}

// wait waits until an expression is true.
func (p *tab) wait(expression string) {
	p.t.Helper()
	poll := chromedp.Poll[bool](expression, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(0))
	if _, err := chromedp.Run(p.ctx, poll); err != nil {
		p.t.Fatalf("waiting for %s: %v", expression, err)
	}
}

func (p *tab) size(width, height int64) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(width, height))
}

// scheme asks for a dark or a light page.
func (p *tab) scheme(name string) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// quote makes a JavaScript string of plain text.
func quote(text string) string { return strconv.Quote(text) }

// number reads a figure of a table.
func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}
