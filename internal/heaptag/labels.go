package heaptag

import (
	"context"
	"runtime/pprof"
)

// OperationLabel is the key of the pprof label that names a goroutine's operation.
const OperationLabel = "operation"

// SetLabels adds the tag's pprof label to those of ctx, for this goroutine and those
// that it starts. It returns ctx with the tag and with the same labels, so that
// labels that are added to it in turn, as by [pprof.Do], keep the operation. To undo
// it, pass ctx to [pprof.SetGoroutineLabels].
func (t *Tag) SetLabels(ctx context.Context) context.Context {
	if hasOtherLabels(ctx) {
		merged := pprof.WithLabels(ctx, t.labels)
		pprof.SetGoroutineLabels(merged)
		return &tagged{Context: merged, tag: t}
	}
	pprof.SetGoroutineLabels(t.labeled)
	return &tagged{Context: ctx, tag: t, labeled: t.labeled}
}

// hasOtherLabels reports whether ctx has labels beside that of a tag.
func hasOtherLabels(ctx context.Context) (found bool) {
	pprof.ForLabels(ctx, func(key, _ string) bool {
		found = key != OperationLabel
		return !found
	})
	return found
}
