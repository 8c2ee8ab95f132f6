package browser

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// The pictures in README come from here:
//
//	OTELMEM_SCREENSHOTS=../doc go test -run Screenshots .
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("OTELMEM_SCREENSHOTS")
	if dir == "" {
		t.Skip("OTELMEM_SCREENSHOTS is not set: no pictures are taken")
	}
	p := open(t, 1120, 900)
	p.visit(page)
	p.wait(leaks)
	p.wait(`document.querySelectorAll("#canvas .dump").length >= 3`)
	p.shoot(filepath.Join(dir, "now.png"))
	p.size(1400, 720)
	p.visit(page + "operations")
	p.shoot(filepath.Join(dir, "operations.png"))
	p.visit(page)
	p.wait(`!document.querySelector("#compare").hidden`)
	p.size(1120, 600)
	p.do(chromedp.Click(chromedp.CSS("#compare")), chromedp.WaitVisible(chromedp.CSS("#changes")))
	p.shoot(filepath.Join(dir, "compare.png"))
	p.scheme("dark")
	p.size(1120, 900)
	p.visit(page)
	p.wait(`document.querySelectorAll("#canvas .dump").length >= 3`)
	p.shoot(filepath.Join(dir, "now-dark.png"))
}

// shoot takes a picture of what is to be seen. README's pictures are light.
func (p *tab) shoot(path string) {
	p.t.Helper()
	const most = 150 << 10
	png := get(p, chromedp.CaptureScreenshot())
	if len(png) > most {
		p.t.Errorf("%s has %d bytes, want at most %d: make the window smaller", path, len(png), most)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		p.t.Error(err)
	}
}
