package browser

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestShots(t *testing.T) {
	dir := os.Getenv("OTELMEM_SCREENSHOTS")
	p := open(t, 1280, 900)
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{400, 1280, 1600} {
			p.scheme(scheme)
			p.size(width, 900)
			for _, name := range []string{"", "operations", "spans", "dumps", "report"} {
				p.visit(os.Getenv("PAGE") + name)
				if name == "" {
					p.wait(`!!document.querySelector("#canvas svg path.series")`)
				}
				png := get(p, chromedp.CaptureScreenshot())
				if name == "" {
					name = "now"
				}
				os.WriteFile(filepath.Join(dir, name+"-"+scheme+"-"+map[int64]string{400: "400", 1280: "1280", 1600: "1600"}[width]+".png"), png, 0o644)
			}
		}
	}
}
