package debugpage

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/otelmem/otelmem-go/dump/compare"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

const (
	// framesDrawn is how many functions a flame graph has at most, and rowsDrawn how many
	// rows: what is smaller or deeper is seen from nearer.
	framesDrawn = 120
	rowsDrawn   = 40
	// narrowest is what is still drawn, in hundredths of the width.
	narrowest = 0.4
	// named is the width from which on a frame has its name in it, in hundredths.
	named = 2.5
	// frameHeight is that of a row, in pixels.
	frameHeight = 22
	// heaviest is how many functions of the heaviest stack are listed.
	heaviest = 12
)

// flameGraph is a drawing of stacks: each function is as wide as what it holds.
type flameGraph struct {
	Difference bool
	Total      string
	Frames     []flameFrame
	Height     int // pixels
	Heaviest   []flameLine
	Zoomed     bool
}

// flameFrame is a function in the drawing. X and Width are hundredths of the width, Y is
// in pixels.
type flameFrame struct {
	X, Width float64
	Y        int
	At       string // the way to it
	Name     string // empty where there is no space
	Title    string
	Kind     string // a class
}

// flameLine is a function of the heaviest stack.
type flameLine struct{ Name, Full, Size string }

// flameNode is a node, and the way to it: the places of its ancestors and of itself among
// their siblings, as "0.2.1".
type flameNode struct {
	*compare.Node
	at       string
	x, width float64
	row      int
}

// child is the i-th of a node's children.
func (n flameNode) child(i int) flameNode {
	at := strconv.Itoa(i)
	if n.at != "" {
		at = n.at + "." + at
	}
	return flameNode{Node: n.Children[i], at: at, row: n.row + 1}
}

// newFlameGraph draws tree from the node on to which at leads, below its ancestors. A way
// that leads nowhere ends where it is lost.
func newFlameGraph(tree *compare.Node, difference bool, at string) flameGraph {
	g := flameGraph{Difference: difference, Total: sizeOf(tree, difference), Zoomed: at != ""}
	node := flameNode{Node: tree, width: 100}
	for step := range strings.SplitSeq(at, ".") {
		i, err := strconv.Atoi(step)
		if err != nil || i < 0 || i >= len(node.Children) {
			break
		}
		g.add(node, tree)
		node = node.child(i)
		node.width = 100
	}
	g.drawFrom(node, tree)
	for _, f := range g.Frames {
		g.Height = max(g.Height, f.Y+frameHeight)
	}
	g.Heaviest = heaviestBelow(node, difference)
	return g
}

// drawFrom draws a node and what is below it, row by row.
func (g *flameGraph) drawFrom(first flameNode, tree *compare.Node) {
	for queue := []flameNode{first}; len(queue) > 0 && len(g.Frames) < framesDrawn; queue = queue[1:] {
		node := queue[0]
		g.add(node, tree)
		if node.row-first.row >= rowsDrawn {
			continue
		}
		x := node.x
		for i := range node.Children {
			c := node.child(i)
			c.x, c.width = x, node.width*share(c.Moved, node.Moved)
			if c.width < narrowest {
				break // they are sorted
			}
			queue = append(queue, c)
			x += c.width
		}
	}
}

func (g *flameGraph) add(n flameNode, tree *compare.Node) {
	f := flameFrame{X: n.x, Width: n.width, Y: n.row * frameHeight, At: n.at, Kind: g.kind(n)}
	name := n.Name
	if n.at == "" {
		name = "all"
	}
	if n.width >= named {
		f.Name = shortFunction(name)
	}
	f.Title = fmt.Sprintf("%s: %s", clip(shown(name), 160), sizeOf(n.Node, g.Difference))
	if !g.Difference {
		f.Title += fmt.Sprintf(", %.0f %%", 100*share(n.Moved, tree.Moved))
	}
	g.Frames = append(g.Frames, f)
}

// kind is what a frame is drawn as.
func (g *flameGraph) kind(n flameNode) string {
	switch {
	case g.Difference && n.Now < n.Base:
		return "less"
	case g.Difference && n.Now == n.Base:
		return "other"
	case g.Difference:
		return "more"
	case n.row == 1:
		return "operation"
	case n.Application:
		return "more"
	default:
		return "other"
	}
}

// heaviestBelow follows the child that holds, or changed, most.
func heaviestBelow(n flameNode, difference bool) (lines []flameLine) {
	for node := n.Node; len(node.Children) > 0 && len(lines) < heaviest; {
		node = node.Children[0]
		lines = append(lines, flameLine{shortFunction(node.Name), clip(shown(node.Name), 160), sizeOf(node, difference)})
	}
	return lines
}

func sizeOf(n *compare.Node, difference bool) string {
	if difference {
		return textfmt.SignedSize(n.Now - n.Base)
	}
	return textfmt.Size(n.Now)
}

func share(part, whole int64) float64 {
	if whole <= 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
