package debugpage

import (
	"fmt"
	"strings"
	"testing"

	"github.com/otelmem/otelmem-go/dump/compare"
)

// wide is a tree of n operations with a stack of depth functions each.
func wide(n, depth int) *compare.Node {
	root := &compare.Node{}
	for i := range n {
		at := root
		for j := range depth {
			c := &compare.Node{Name: fmt.Sprintf("example.com/shop/v2/package.(*T%d).F%d", i, j), Now: 10, Moved: 10, Application: true}
			at.Children = append(at.Children, c)
			at = c
		}
		root.Now, root.Moved = root.Now+10, root.Moved+10
	}
	return root
}

func TestAFlameGraphIsBounded(t *testing.T) {
	for _, tree := range []*compare.Node{wide(5000, 1), wide(1, 500), wide(60, 60), {}} {
		for _, at := range []string{"", "0", "0.0.0", strings.Repeat("0.", 400) + "0"} {
			g := newFlameGraph(tree, false, at)
			if len(g.Frames) == 0 || len(g.Frames) > framesDrawn+500 || len(g.Heaviest) > heaviest {
				t.Errorf("%d operations from %.9q: %d frames", len(tree.Children), at, len(g.Frames))
			}
			for _, f := range g.Frames {
				if f.X < 0 || f.X+f.Width > 100.001 {
					t.Fatalf("a frame from %g, %g wide", f.X, f.Width)
				}
			}
		}
	}
}

func TestAFlameGraphLeadsBack(t *testing.T) {
	g := newFlameGraph(wide(3, 3), false, "1.0")
	var ways []string
	for _, f := range g.Frames {
		ways = append(ways, f.At)
	}
	if got, want := strings.Join(ways, " "), " 1 1.0 1.0.0"; got != want {
		t.Errorf("ways %q, want %q: all, the operation, the function and what it calls", got, want)
	}
	if f := g.Frames[1]; f.Width != 100 || f.Name != "package.(*T1).F0" || !strings.HasSuffix(f.Title, "10B, 33 %") {
		t.Errorf("the operation's frame is %+v", f)
	}
}

func TestADifferenceShowsWhatGrewAndWhatShrank(t *testing.T) {
	tree := &compare.Node{Base: 80, Now: 130, Moved: 70, Children: []*compare.Node{
		{Name: "GET /a", Base: 30, Now: 90, Moved: 60}, {Name: "GET /b", Base: 50, Now: 40, Moved: 10},
	}}
	g := newFlameGraph(tree, true, "")
	if len(g.Frames) != 3 || g.Frames[1].Kind != "more" || g.Frames[2].Kind != "less" || !strings.HasSuffix(g.Frames[2].Title, "-10B") {
		t.Errorf("frames %+v", g.Frames)
	}
}
