package otelmem

import (
	"context"
	"runtime/pprof"
	"strings"

	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/otelmem/internal/category"
)

// Do calls fn, and whatever fn allocates on its goroutine is operation's in the
// heap's figures: for as long as it lives, under any concurrency. It is like
// pprof.Do for the heap profile, and needs no Diagnostics.
//
// The goroutine, and those that fn starts, also bear the pprof label "operation"
// beside the user's own, so that goroutines are counted by operation. fn's context
// carries it, so that labels added below keep it.
//
// The innermost operation wins. What goroutines that fn starts allocate is not
// covered: see [Go]. Panics pass through. Names should be few, 1,022 at most; those
// beyond share _overflow. Do costs some tens of nanoseconds, and one allocation
// where ctx does not carry the operation yet (BenchmarkDo).
func Do(ctx context.Context, operation string, fn func(context.Context)) {
	do(ctx, tagOf(operation), fn)
}

// tagOf is the tag of an operation that a person named. "GET /users/:id" is a
// route, and meets the spans of that route in one operation and category.
func tagOf(operation string) *heaptag.Tag {
	if tag := heaptag.Default.Find(operation); tag != nil {
		return tag
	}
	method, pattern, ok := strings.Cut(operation, " ")
	if ok && category.Method(method) == method && strings.HasPrefix(pattern, "/") {
		return heaptag.Default.Tag(category.Route(method, pattern))
	}
	return heaptag.Default.Tag(category.Label(operation), category.Clean(operation))
}

// Go starts a goroutine that is covered by operation, as by [Do]. Where
// operation is empty it is the one that ctx carries, if any.
func Go(ctx context.Context, operation string, fn func(context.Context)) {
	if operation != "" {
		go Do(ctx, operation, fn)
		return
	}
	tag := heaptag.FromContext(ctx)
	if tag == nil {
		go fn(ctx)
		return
	}
	go do(ctx, tag, fn) // the label is inherited
}

func do(ctx context.Context, tag *heaptag.Tag, fn func(context.Context)) {
	if heaptag.FromContext(ctx) == tag {
		heaptag.Do(tag.ID, func() { fn(ctx) })
		return
	}
	inside := tag.SetLabels(ctx)
	defer pprof.SetGoroutineLabels(ctx)
	heaptag.Do(tag.ID, func() { fn(inside) })
}
