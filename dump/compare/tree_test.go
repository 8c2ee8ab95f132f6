package compare

import (
	"slices"
	"testing"
)

func TestATreeBeginsWithOperationsAndTheApplication(t *testing.T) {
	heap := newHeap().
		holds("GET /a", 30, 1, frame{"bytes.Repeat", 1}, frame{"example.com/app.keep", 10}, frame{"net/http.(*conn).serve", 3}).
		holds("GET /a", 10, 1, frame{"bytes.Repeat", 1}, frame{"example.com/app.drop", 20}, frame{"net/http.(*conn).serve", 3}).
		holds("", 5, 1, frame{"runtime.malg", 7}).
		holds("", 2, 1, frame{"bytes.Repeat", 1}, frame{"main.main", 7})
	tree, err := Tree(nil, heap.Profile)
	if err != nil || tree.Now != 47 || tree.Moved != 47 {
		t.Fatalf("the root has %+v, %v, want 47 bytes", tree, err)
	}
	names := func(n *Node) (all []string) {
		for _, c := range n.Children {
			all = append(all, c.Name)
		}
		return all
	}
	if got, want := names(tree), []string{"GET /a", "runtime and libraries", "main.main"}; !slices.Equal(got, want) {
		t.Errorf("the root calls %q, want %q", got, want)
	}
	a := tree.Children[0]
	if got, want := names(a), []string{"example.com/app.keep", "example.com/app.drop"}; !slices.Equal(got, want) || !a.Children[0].Application {
		t.Errorf("the operation calls %q, want %q: the application's outermost functions", got, want)
	}
	if got := names(tree.Children[2]); !slices.Equal(got, []string{"bytes.Repeat"}) {
		t.Errorf("below a function that is an operation stands %q", got)
	}
}

func TestATreeOfTwoShowsWhatMoved(t *testing.T) {
	stack := []frame{{"example.com/app.keep", 10}}
	base := newHeap().holds("GET /a", 30, 1, stack...).holds("GET /b", 50, 1, stack...)
	now := newHeap().holds("GET /a", 90, 1, stack...).holds("GET /b", 40, 1, stack...)
	tree, err := Tree(base.Profile, now.Profile)
	if err != nil {
		t.Fatal(err)
	}
	if tree.Base != 80 || tree.Now != 130 || tree.Moved != 70 {
		t.Errorf("the root has %d, %d and %d, want 80, 130 and 70: 60 more and 10 less", tree.Base, tree.Now, tree.Moved)
	}
	if first := tree.Children[0]; first.Name != "GET /a" || first.Moved != 60 {
		t.Errorf("the first is %q with %d", first.Name, first.Moved)
	}
	if _, err := Tree(base.Profile, nil); err == nil {
		t.Error("a tree of nothing is no error")
	}
}
