package heaptag

import (
	"context"
	"runtime/pprof"
	"strings"
)

// ID is a tag; 0 stands for no tag.
type ID uint16

// Do calls fn under a tag: what fn allocates on this goroutine belongs to it,
// unless fn calls Do in turn. An id that no tag has calls fn without a tag. Panics
// of fn pass through.
func Do(id ID, fn func()) {
	if id == 0 || id >= Count {
		fn()
		return
	}
	dispatch(id, fn)
}

// Tag is an operation and its id. It is read-only.
type Tag struct {
	ID        ID     `json:"id"`
	Operation string `json:"operation"`
	Category  string `json:"category"`

	labels  pprof.LabelSet
	labeled context.Context // has labels and no others
}

func newTag(id ID, operation, category string) *Tag {
	// The tag outlives the request that the names may be part of.
	t := &Tag{ID: id, Operation: strings.Clone(operation), Category: strings.Clone(category)}
	t.labels = pprof.Labels(OperationLabel, t.Operation)
	t.labeled = pprof.WithLabels(context.Background(), t.labels)
	return t
}
