package textfmt

import "testing"

func TestPathsAreShortInSentences(t *testing.T) {
	for path, want := range map[string]string{
		"example.com/shop/cart/cart.go":                  "cart/cart.go",
		"/home/me/shop/cart/cart.go":                     "shop/cart/cart.go",
		"/root/go/pkg/mod/github.com/acme/x@v1.2.0/y.go": "github.com/acme/x@v1.2.0/y.go",
		"github.com/acme/x@v1.2.0/y.go":                  "github.com/acme/x@v1.2.0/y.go",
		"runtime/malloc.go":                              "runtime/malloc.go",
		`C:\Users\me\shop\cart\cart.go`:                  "shop/cart/cart.go",
		"/cart.go":                                       "/cart.go",
		"":                                               "",
	} {
		if got := shortPath(path, "example.com/shop"); got != want {
			t.Errorf("shortPath(%q) = %q, want %q", path, got, want)
		}
	}
	if got := shortPath("a/b.go", ""); got != "a/b.go" {
		t.Errorf("without a main module: %q", got)
	}
}
