package attribution

import (
	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/learn"
	"github.com/otelmem/otelmem-go/spanhook"
)

// Learn takes in a span that ended, of which stacks may have been taken.
func (t *Tracker) Learn(operation string, g *spanhook.Growth) {
	if !g.LocalRoot {
		chain, _ := chainOf(g.Stacks) // its local root is not known
		t.learner.AddInner(g.StartedAs, "", chain)
		return
	}
	span := learn.Span{StartName: g.StartedAs, Operation: operation, Sampled: g.Stacks != nil}
	span.Chain, span.Whole = chainOf(g.Stacks)
	t.learner.Add(span)
	for _, inner := range g.Inner {
		chain, _ := chainOf(inner.Stacks)
		t.learner.AddInner(inner.StartedAs, operation, chain)
	}
}

// chainOf returns none for nil.
func chainOf(stacks *spanhook.Stacks) (chain []string, whole bool) {
	if stacks == nil {
		return nil, false
	}
	return learn.Chain(stacks.Start, stacks.End, appframe.MayBegin)
}

// Functions returns the functions that were learned to belong to one operation,
// for the labels of dumps.
func (t *Tracker) Functions(categoryOf CategoryOf) map[string]dump.Owner {
	learned, _ := t.learner.Functions()
	functions := make(map[string]dump.Owner, len(learned))
	for function, operation := range learned {
		owner := dump.Owner{Operation: operation}
		if tag := heaptag.Default.Find(operation); tag != nil {
			owner.Category = tag.Category
		} else {
			owner.Category = categoryOf.orUntagged(operation)
		}
		functions[function] = owner
	}
	return functions
}

// relearn returns the functions that belong to one operation. Where they changed,
// bytes move to an operation: the points so far say nothing about those to come, and
// its series starts anew. So does a series that loses bytes, when it is read.
func (t *Tracker) relearn() heapprofile.Owners {
	t.mu.Lock()
	defer t.mu.Unlock()
	functions, version := t.learner.Functions()
	if version == t.version {
		return t.owners
	}
	moved := make(map[key]bool)
	for function, operation := range functions {
		if old := t.owners[function]; old != operation {
			moved[key{name: operation}], moved[key{name: old}] = true, true
		}
	}
	for function, old := range t.owners {
		if functions[function] == "" {
			moved[key{name: old}] = true
		}
	}
	for k, f := range t.followed {
		if moved[k] {
			f.series = newSeries()
		}
	}
	t.owners, t.version = functions, version
	return t.owners
}
