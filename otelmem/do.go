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
// pprof.Do for the heap profile. Where no [Diagnostics] is on or in standby, it only
// calls fn.
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
	if !heaptag.Active() {
		fn(ctx)
		return
	}
	do(ctx, tagOf(operation), fn)
}

// Go starts a goroutine that keeps the operation that ctx carries, if any: what fn
// allocates is that operation's, as by [Do].
func Go(ctx context.Context, fn func(context.Context)) {
	tag := heaptag.FromContext(orBackground(ctx))
	if tag == nil || !heaptag.Active() {
		go fn(ctx)
		return
	}
	go do(ctx, tag, fn)
}

// GoAs starts a goroutine whose allocations are operation's, as by [Do].
func GoAs(ctx context.Context, operation string, fn func(context.Context)) {
	go Do(ctx, operation, fn)
}

// tagOf is the tag of an operation that a person named. "GET /users/:id" is a
// route and "pkg.Service/Method" a call, which meet their spans in one operation and
// category.
func tagOf(operation string) *heaptag.Tag {
	if tag := heaptag.Default.Find(operation); tag != nil {
		return tag
	}
	if method, pattern, ok := routeOf(operation); ok {
		return heaptag.Default.Tag(category.Route(method, pattern))
	}
	if service, method, ok := strings.Cut(operation, "/"); ok && strings.Contains(service, ".") && !strings.ContainsAny(operation, " :") {
		return heaptag.Default.Tag(category.RPC(service, method))
	}
	return heaptag.Default.Tag(category.Label(operation), category.Clean(operation))
}

// routeOf takes an operation apart that is a route, such as "GET /users/:id".
func routeOf(operation string) (method, pattern string, ok bool) {
	method, pattern, ok = strings.Cut(operation, " ")
	if !ok || category.Method(method) != method || !strings.HasPrefix(pattern, "/") {
		return "", "", false
	}
	return method, pattern, true
}

func do(ctx context.Context, tag *heaptag.Tag, fn func(context.Context)) {
	ctx = orBackground(ctx)
	if carried := heaptag.FromContext(ctx); carried != nil && carried.ID == tag.ID {
		heaptag.Do(tag.ID, func() { fn(ctx) })
		return
	}
	inside := tag.SetLabels(ctx)
	defer pprof.SetGoroutineLabels(ctx)
	heaptag.Do(tag.ID, func() { fn(inside) })
}

// orBackground is ctx, or where it is nil a context that is empty.
func orBackground(ctx context.Context) context.Context {
	if ctx == nil {
		return context.Background()
	}
	return ctx
}
