package goroutines

import (
	"cmp"
	"slices"
)

// maxGroups bounds the groups of a reading: labels that programs set themselves can be
// as many as requests.
const maxGroups = 2000

// Group is goroutines that do the same.
type Group struct {
	Key
	Count int
	// Meaning is what it means that they are blocked there, with the mend, in a
	// sentence; "" where that is not known.
	Meaning string
}

// Key is what goroutines of a group have in common.
type Key struct {
	// Operation is that which started them; "" for none.
	Operation string
	// Starter is the application's function that started them: the outermost one on
	// their stacks. "" where there is none, or where the stack is too deep to see it.
	Starter string
	// Function and Place (file:line) are where they are blocked: the application's
	// innermost line, or a library's outermost one where it runs alone.
	Function, Place string
}

// tally adds goroutines up by group.
type tally struct {
	isApplication func(function, file string) bool
	sums          map[Key]*Group
}

func newTally(isApplication func(function, file string) bool) *tally {
	return &tally{isApplication: isApplication, sums: make(map[Key]*Group)}
}

// byName is for this program, whose functions are known by their names.
func byName(isApplication func(function string) bool) func(function, file string) bool {
	return func(function, _ string) bool { return isApplication(function) }
}

// add counts goroutines of one stack. What comes after maxGroups groups is counted
// without its operation, or not at all.
func (t *tally) add(operation string, s *stack, count int) {
	if s.isOwn() {
		return
	}
	k := Key{Operation: operation, Starter: s.starter(), Function: s.blocked().function, Place: s.blocked().place}
	if t.sums[k] == nil && len(t.sums) >= maxGroups {
		k.Operation = ""
	}
	g := t.sums[k]
	if g == nil {
		if len(t.sums) >= 2*maxGroups {
			return
		}
		g = &Group{Key: k, Meaning: meaning(s.functions())}
		t.sums[k] = g
	}
	g.Count += count
}

// groups are the largest first.
func (t *tally) groups() []Group {
	groups := make([]Group, 0, len(t.sums))
	for _, g := range t.sums {
		groups = append(groups, *g)
	}
	slices.SortFunc(groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Place, b.Place), cmp.Compare(a.Starter, b.Starter))
	})
	return groups
}

// Operation is how many goroutines an operation has, and the largest of its groups.
type Operation struct {
	Count   int
	Largest Group
}

// ByOperation sums groups up, of which the largest are first.
func ByOperation(groups []Group) map[string]Operation {
	sums := make(map[string]Operation)
	for _, g := range groups {
		o := sums[g.Operation]
		if o.Count == 0 {
			o.Largest = g
		}
		o.Count += g.Count
		sums[g.Operation] = o
	}
	return sums
}
