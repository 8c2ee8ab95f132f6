package heapprofile

import (
	"testing"

	"github.com/otelmem/otelmem-go/internal/appframe"
)

// A generic function of the standard library allocates for its caller, which is
// the line to show.
func TestSiteIsTheCallerOfAGenericLibraryFunction(t *testing.T) {
	var p attributedStack
	for _, f := range []frame{
		Owners(nil).newFrame("slices.Grow[go.shape.[]github.com/acme/shop.Item,go.shape.struct { Name string }]", "slices.go", 1),
		Owners(nil).newFrame("github.com/acme/shop.(*Cart[go.shape.int]).Add", "cart.go", 12),
		Owners(nil).newFrame("net/http.HandlerFunc.ServeHTTP", "server.go", 3),
	} {
		p.add(&f)
	}
	if want := (appframe.Site{Function: "github.com/acme/shop.(*Cart[...]).Add", File: "cart.go", Line: 12}); p.site == nil || *p.site != want || *p.root != want {
		t.Errorf("site %v, root %v, want %v", p.site, p.root, want)
	}
}
