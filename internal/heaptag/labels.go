package heaptag

import (
	"context"
	"runtime/pprof"
)

// OperationLabel is the key of the pprof label that names a goroutine's operation.
const OperationLabel = "operation"

// SetLabels adds the tag's pprof label to those of ctx, for this goroutine and those
// that it starts. To undo it, pass the context that it returns to
// [pprof.SetGoroutineLabels]. It allocates only where ctx has labels.
func (t *Tag) SetLabels(ctx context.Context) (before context.Context) {
	if hasLabels(ctx) {
		pprof.SetGoroutineLabels(pprof.WithLabels(ctx, t.labels))
		return ctx
	}
	pprof.SetGoroutineLabels(t.labeled)
	return context.Background() // no labels either, and quicker to search
}

func hasLabels(ctx context.Context) (found bool) {
	pprof.ForLabels(ctx, func(string, string) bool {
		found = true
		return false
	})
	return found
}
