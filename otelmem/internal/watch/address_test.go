package watch

import (
	"slices"
	"strings"
	"testing"
)

func TestAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"http://localhost:6060":                "http://localhost:6060 /debug/pprof/",
		"localhost:6060":                       "http://localhost:6060 /debug/pprof/",
		":6060":                                "http://localhost:6060 /debug/pprof/",
		"https://me:secret@shop:1/x":           "https://me:xxxxx@shop:1/x /x/ /x/debug/pprof/ /debug/pprof/",
		"http://shop/debug/pprof/heap":         "http://shop/debug/pprof/heap /debug/pprof/",
		"unix:///run/app.sock":                 "unix:///run/app.sock /debug/pprof/",
		"unix:///run/app.sock:/internal/pprof": "unix:///run/app.sock /internal/pprof/ /internal/pprof/debug/pprof/ /debug/pprof/",
	} {
		a, err := ParseAddress(text)
		if got := strings.Join(slices.Concat([]string{a.String()}, a.bases()), " "); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", "ftp://x", "http://", "unix://relative", "http://[", "http://:80/"} {
		if a, err := ParseAddress(text); err == nil || !strings.Contains(err.Error(), "want http://HOST:PORT") {
			t.Errorf("%q is %s, %v; want an error with what is accepted", text, a, err)
		}
	}
}
