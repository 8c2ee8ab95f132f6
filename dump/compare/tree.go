package compare

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/google/pprof/profile"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// maxDepth is how many functions of a stack are drawn, from the outermost one on: the
// heap profile has up to 1,024, a stranger's file any number.
const maxDepth = 512

// Node is a function on stacks that hold memory, with the stacks below it: what a flame
// graph draws. Sizes are in bytes.
type Node struct {
	// Name is the function; the operation right below the root, and empty at the root.
	Name string
	// Application says that the function is the application's.
	Application bool
	// Base and Now are what the node's stacks have in use in each profile. Moved is
	// what changed: growth and shrinkage of each stack, without their signs.
	Base, Now, Moved int64
	// Children are what it calls: what moved most comes first.
	Children []*Node

	byName            map[string]*Node
	selfBase, selfNow int64
}

// Tree returns the stacks of a heap profile from the operation down to the function that
// allocated: the root's children are operations, as in [Rows], and what is below each
// begins with the application's outermost function. If base is nil, Moved is Now.
func Tree(base, current *profile.Profile) (*Node, error) {
	if current == nil {
		return nil, errors.New("draw a heap profile: got none, want the current one")
	}
	root := &Node{}
	owners := codeOf(base, current)
	if base != nil {
		if err := root.add(base, owners, func(n *Node, bytes int64) { n.selfBase = plus(n.selfBase, bytes) }); err != nil {
			return nil, fmt.Errorf("draw heap profiles: the base: %w", err)
		}
	}
	if err := root.add(current, owners, func(n *Node, bytes int64) { n.selfNow = plus(n.selfNow, bytes) }); err != nil {
		return nil, fmt.Errorf("draw heap profiles: the current one: %w", err)
	}
	root.sum()
	return root, nil
}

func (n *Node) add(p *profile.Profile, owners code, to func(*Node, int64)) error {
	values, err := valuesOf(p)
	if err != nil {
		return err
	}
	for _, s := range p.Sample {
		if bytes := s.Value[values.bytes]; bytes != 0 {
			to(n.stack(s, owners), bytes)
		}
	}
	return nil
}

// stack is the node of a sample's innermost function.
func (n *Node) stack(s *profile.Sample, owners code) *Node {
	operation := identify(s, owners, Operation).name
	at := n.child(operation, false)
	frames := applicationFirst(s, owners)
	for i, f := range slices.Backward(frames) {
		if i == len(frames)-1 && f.name == operation {
			continue // the operation is that function
		}
		at = at.child(f.name, f.application)
	}
	return at
}

func (n *Node) child(name string, application bool) *Node {
	c := n.byName[name]
	if c == nil {
		if n.byName == nil {
			n.byName = make(map[string]*Node)
		}
		c = &Node{Name: name, Application: application}
		n.byName[name] = c
		n.Children = append(n.Children, c)
	}
	return c
}

// sum adds up what is below each node, and sorts it.
func (n *Node) sum() {
	n.Base, n.Now, n.Moved = n.selfBase, n.selfNow, distance(n.selfBase, n.selfNow)
	for _, c := range n.Children {
		c.sum()
		n.Base, n.Now, n.Moved = plus(n.Base, c.Base), plus(n.Now, c.Now), plus(n.Moved, c.Moved)
	}
	n.byName = nil
	slices.SortFunc(n.Children, func(a, b *Node) int {
		return cmp.Or(cmp.Compare(b.Moved, a.Moved), cmp.Compare(a.Name, b.Name))
	})
}

func distance(a, b int64) int64 {
	if d := plus(b, -a); d >= 0 {
		return d
	}
	return plus(a, -b)
}

// called is a function on a stack.
type called struct {
	name        string
	application bool
}

// applicationFirst is a sample's stack, the innermost function first, up to the
// application's outermost one; all of it where the application is not on it. The frames
// of heap tags are left out.
func applicationFirst(s *profile.Sample, owners code) []called {
	var frames []called
	outermost := -1
	dispatch := heaptag.DispatchName()
	for _, location := range s.Location {
		for _, l := range location.Line {
			if l.Function == nil || l.Function.Name == dispatch {
				continue
			}
			of := owners[l.Function]
			frames = append(frames, called{l.Function.Name, of.kind == appframe.Application})
			if of.begins {
				outermost = len(frames) - 1
			}
		}
	}
	if outermost >= 0 {
		frames = frames[:outermost+1]
	}
	frames = frames[max(0, len(frames)-maxDepth):]
	for i := range frames {
		frames[i].name = appframe.ShortName(frames[i].name)
	}
	return frames
}
