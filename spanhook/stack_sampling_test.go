package spanhook_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/spanhook"
)

//go:noinline
func oneSpan(ctx context.Context, tracer trace.Tracer, name string) {
	_, span := tracer.Start(ctx, name)
	defer span.End()
}

func TestStacksAreTakenOfFewSpansOnly(t *testing.T) {
	taken, startedAs := 0, make(map[string]int)
	sink := func(g *spanhook.Growth) {
		startedAs[g.StartedAs]++
		if g.Stacks != nil {
			taken++
			for _, stack := range [][]uintptr{g.Stacks.Start, g.Stacks.End} {
				if !holds(stack, "spanhook_test.oneSpan") {
					t.Errorf("%v is not a stack of the function that started and ended the span", stack)
				}
			}
		}
	}
	tracer := newTracer(spanhook.New(newProcess().read, spanhook.WithSink(sink), spanhook.WithStacks()))
	for range 8 {
		oneSpan(t.Context(), tracer, "often")
	}
	if taken != 8 {
		t.Errorf("%d of the first 8 spans have stacks, want all", taken)
	}
	for range 10_000 {
		oneSpan(t.Context(), tracer, "often")
	}
	if rare := taken - 8; rare == 0 || rare > 120 {
		t.Errorf("%d of 10,000 more have stacks, want about 39", rare)
	}
	for i := range 2000 {
		oneSpan(t.Context(), tracer, fmt.Sprint("name ", i))
	}
	if len(startedAs) != 1001 || startedAs[""] != 1001 {
		t.Errorf("%d names have an entry of their own, %d spans are of others, want 1000 and the rest", len(startedAs)-1, startedAs[""])
	}
}

func TestATooDeepStackIsDropped(t *testing.T) {
	var growth *spanhook.Growth
	sink := func(g *spanhook.Growth) { growth = g }
	tracer := newTracer(spanhook.New(newProcess().read, spanhook.WithSink(sink), spanhook.WithStacks()))
	for frames, want := range map[int]bool{50: true, 200: false} {
		spanBelow(t.Context(), tracer, frames)
		if got := growth.Stacks.Start != nil && growth.Stacks.End != nil; got != want {
			t.Errorf("below %d frames the stacks are given: %t, want %t", frames, got, want)
		}
	}
}

func spanBelow(ctx context.Context, tracer trace.Tracer, frames int) {
	if frames > 0 {
		spanBelow(ctx, tracer, frames-1)
		return
	}
	oneSpan(ctx, tracer, "op")
}

func TestNoStacksUnlessAskedFor(t *testing.T) {
	sink := func(g *spanhook.Growth) {
		if g.Stacks != nil || g.StartedAs != "" {
			t.Errorf("stacks %v of %q", g.Stacks, g.StartedAs)
		}
	}
	oneSpan(t.Context(), newTracer(spanhook.New(newProcess().read, spanhook.WithSink(sink))), "op")
}

func holds(stack []uintptr, function string) bool {
	frames := runtime.CallersFrames(stack)
	for {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.Function, function) {
			return true
		}
		if !more {
			return false
		}
	}
}

//go:noinline
func outerSpan(ctx context.Context, tracer trace.Tracer) {
	ctx, span := tracer.Start(ctx, "outer")
	defer span.End()
	ctx, between := tracer.Start(ctx, "between")
	defer between.End()
	for range 8 {
		oneSpan(ctx, tracer, "inner")
	}
}

func TestStacksOfInnerSpansAreTheLocalRoots(t *testing.T) {
	var roots, others []*spanhook.Growth
	sink := func(g *spanhook.Growth) {
		if g.LocalRoot {
			roots = append(roots, g)
		} else if g.Stacks != nil {
			others = append(others, g)
		}
	}
	tracer := newTracer(spanhook.New(newProcess().read, spanhook.WithSink(sink), spanhook.WithStacks()))
	outerSpan(t.Context(), tracer)
	if len(roots) != 1 || len(roots[0].Inner) != 4 || len(others) != 0 {
		t.Fatalf("%d roots, %d inner spans have stacks of their own, want one root with the stacks of 4", len(roots), len(others))
	}
	for _, inner := range roots[0].Inner {
		if inner.StartedAs != "inner" || !holds(inner.Stacks.Start, "spanhook_test.oneSpan") || !holds(inner.Stacks.End, "spanhook_test.oneSpan") {
			t.Errorf("an inner span is %q at %v, want inner in oneSpan", inner.StartedAs, inner.Stacks)
		}
	}
	ctx, root := tracer.Start(t.Context(), "outer")
	root.End()
	oneSpan(ctx, tracer, "late")
	if len(others) != 1 || others[0].StartedAs != "late" {
		t.Errorf("%d spans have stacks of their own, want the one whose root has ended", len(others))
	}
}

// A span's name can hold a whole request.
func TestLongNamesAreNotKept(t *testing.T) {
	hook := spanhook.New(newProcess().read, spanhook.WithStacks(), spanhook.WithSink(func(g *spanhook.Growth) {
		if len(g.StartedAs) > 256 {
			t.Errorf("the name has %d bytes, want 256 at most", len(g.StartedAs))
		}
	}))
	tracer := newTracer(hook)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	empty := hook.Stats().Bytes
	for i := range 100 {
		oneSpan(t.Context(), tracer, fmt.Sprint(i, strings.Repeat("x", 1<<20)))
	}
	counted := hook.Stats().Bytes - empty
	runtime.GC()
	runtime.ReadMemStats(&after)
	if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 10<<20 {
		t.Errorf("%d bytes are held", held)
	}
	if counted < 100*256 || counted > 1<<20 {
		t.Errorf("%d bytes are counted for 100 names, want 256 and some more for each", counted)
	}
}
