package heapprofile

import (
	"testing"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/heaptag"
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

func TestInnermostTagAndOwnerOfAStackCount(t *testing.T) {
	owners := Owners{"main.inner": "inner", "main.outer": "outer"}
	var stack attributedStack
	for _, f := range []frame{
		owners.newFrame("runtime.mallocgc", "malloc.go", 1),
		owners.newFrame("main.inner", "main.go", 2),
		owners.newFrame(dispatchFunction, "dispatch_gen.go", dispatchLineOf(3)),
		owners.newFrame("main.outer", "main.go", 4),
		owners.newFrame(dispatchFunction, "dispatch_gen.go", dispatchLineOf(5)),
		owners.newFrame("runtime.goexit", "asm.s", 6),
	} {
		stack.add(&f)
	}
	if stack.tag != 3 || stack.owner != "inner" || stack.site.Line != 2 || stack.root.Line != 4 || stack.outermost != "runtime.goexit" {
		t.Errorf("stack %+v", stack)
	}
}

const dispatchFunction = "github.com/otelmem/otelmem-go/internal/heaptag.dispatch"

// dispatchLineOf is the line of a tag's call.
func dispatchLineOf(tag heaptag.ID) int {
	for line := 0; ; line++ {
		if id, ok := heaptag.AtLine(line); ok && id == tag {
			return line
		}
	}
}
