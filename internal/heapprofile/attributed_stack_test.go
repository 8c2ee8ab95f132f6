package heapprofile

import (
	"testing"

	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// readStack reads a stack whose frames are functions, the innermost first, each on the
// line of its index.
func readStack(functions ...string) *attributedStack {
	s := new(attributedStack)
	for i, function := range functions {
		f := Owners(nil).newFrame(function, "f.go", i)
		s.add(&f)
	}
	return s
}

// This module's own tests are part of the application here, as examples are.
const shop = "github.com/otelmem/otelmem-go/examples/shop"

func TestSiteIsTheApplicationsLineWithTheDependencysBesideIt(t *testing.T) {
	for name, c := range map[string]struct {
		stack     *attributedStack
		site, via int
	}{
		"the application allocates":  {readStack("runtime.mallocgc", shop+".add", "net/http.HandlerFunc.ServeHTTP", "main.main"), 1, 1},
		"a generic library function": {readStack("slices.Grow[go.shape.[]github.com/acme/x.T]", shop+".(*Cart[go.shape.int]).Add"), 1, 1},
		"a dependency":               {readStack("bytes.growSlice", "example.com/b.F", "example.com/a.F", shop+".add", shop+".serve"), 3, 1},
		"a dependency calls back":    {readStack(shop+".inner", "example.com/a.F", shop+".outer"), 0, 0},
		"dependencies alone":         {readStack("runtime.mallocgc", "example.com/b.F", "example.com/a.F", "runtime.goexit"), 1, 1},
		"a server alone":             {readStack("bufio.NewReader", "github.com/gin-gonic/gin.New", "net/http.(*conn).serve"), 1, 1},
		"the standard library alone": {readStack("runtime.mallocgc", "bufio.NewReader", "net/http.(*conn).serve", "runtime.goexit"), 1, -1},
		"this module for a library":  {readStack("runtime.mallocgc", "maps.Clone", "github.com/otelmem/otelmem-go/spanhook.F", "example.com/a.F"), 3, 3},
		"nothing but the runtime":    {readStack("runtime.malg", "runtime.mstart"), 0, -1},
	} {
		t.Run(name, func(t *testing.T) {
			if c.stack.site == nil || c.stack.site.site.Line != c.site {
				t.Errorf("the site is %+v, want frame %d", c.stack.site, c.site)
			}
			if via := c.stack.via; (via == nil) != (c.via < 0) || via != nil && via.site.Line != c.via {
				t.Errorf("the dependency's line is %+v, want frame %d", via, c.via)
			}
		})
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
	if stack.tag != 3 || stack.owner != "inner" || stack.site.site.Line != 2 || stack.outermost != "runtime.goexit" {
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
