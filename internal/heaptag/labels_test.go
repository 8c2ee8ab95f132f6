package heaptag

import (
	"bytes"
	"context"
	"runtime/pprof"
	"strings"
	"testing"
)

// onOwnGoroutine runs f where it can set labels that no other test sees.
func onOwnGoroutine(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}

// goroutineHas reports whether some goroutine has exactly these labels, as pprof
// writes them.
func goroutineHas(t *testing.T, labels string) bool {
	t.Helper()
	var text bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&text, 1); err != nil {
		t.Fatal(err)
	}
	return strings.Contains(text.String(), "# labels: {"+labels+"}\n")
}

func TestLabelsOfTheUserAreKeptBesideTheTags(t *testing.T) {
	tag := NewRegistry().Tag("GET /labels", "api")
	tenant := pprof.Labels("tenant", "acme")
	for name, test := range map[string]struct {
		ctx             context.Context
		inside, outside string
	}{
		"without labels": {t.Context(), `"operation":"GET /labels"`, ""},
		"with labels":    {pprof.WithLabels(t.Context(), tenant), `"operation":"GET /labels", "tenant":"acme"`, `"tenant":"acme"`},
	} {
		t.Run(name, func(t *testing.T) {
			onOwnGoroutine(func() {
				pprof.SetGoroutineLabels(test.ctx)
				tag.SetLabels(test.ctx)
				if !goroutineHas(t, test.inside) {
					t.Error("below the tag the goroutine does not have the operation and the user's labels")
				}
				pprof.SetGoroutineLabels(test.ctx)
				if goroutineHas(t, test.inside) || test.outside != "" && !goroutineHas(t, test.outside) {
					t.Error("afterwards the goroutine does not have the user's labels and no others")
				}
			})
		})
	}
}

// Tracers set labels of their own below the tag, from the context that they get.
func TestLabelsAddedBelowATagKeepTheOperation(t *testing.T) {
	tag := NewRegistry().Tag("GET /labels/below", "api")
	for name, test := range map[string]struct {
		ctx  context.Context
		want string
	}{
		"without labels outside": {t.Context(), `"operation":"GET /labels/below", "span":"7"`},
		"with labels outside": {
			pprof.WithLabels(t.Context(), pprof.Labels("tenant", "acme")), `"operation":"GET /labels/below", "span":"7", "tenant":"acme"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			onOwnGoroutine(func() {
				inside := tag.SetLabels(test.ctx)
				pprof.Do(inside, pprof.Labels("span", "7"), func(context.Context) {
					if !goroutineHas(t, test.want) {
						t.Errorf("no goroutine has %s", test.want)
					}
				})
				if goroutineHas(t, test.want) {
					t.Error("the label of the span stays after it")
				}
				if operation, _ := pprof.Label(inside, OperationLabel); operation != "GET /labels/below" || FromContext(inside) != tag {
					t.Errorf("the context has the operation %q", operation)
				}
			})
		})
	}
}

func TestTheInnermostTagIsTheContexts(t *testing.T) {
	registry := NewRegistry()
	type users struct{}
	onOwnGoroutine(func() {
		ctx := context.WithValue(t.Context(), users{}, "value")
		if FromContext(ctx) != nil {
			t.Error("a context without a tag has one")
		}
		outer := registry.Tag("outer", "").SetLabels(ctx)
		inner := registry.Tag("inner", "").SetLabels(outer)
		if operation, _ := pprof.Label(inner, OperationLabel); operation != "inner" || FromContext(inner).Operation != "inner" {
			t.Errorf("the context has the operation %q", operation)
		}
		if inner.Value(users{}) != "value" || inner.Done() != ctx.Done() {
			t.Error("the context does not answer as the user's does")
		}
	})
}

func TestAfterAnInnerTagTheGoroutineHasTheOuterLabel(t *testing.T) {
	registry := NewRegistry()
	onOwnGoroutine(func() {
		ctx := registry.Tag("outer again", "").SetLabels(t.Context())
		registry.Tag("inner again", "").SetLabels(ctx)
		if goroutineHas(t, `"operation":"outer again"`) || !goroutineHas(t, `"operation":"inner again"`) {
			t.Error("below the inner tag the goroutine does not have its operation")
		}
		pprof.SetGoroutineLabels(ctx)
		if !goroutineHas(t, `"operation":"outer again"`) {
			t.Error("afterwards the goroutine does not have the outer operation")
		}
	})
}

// The context that is handed on is the one allocation, also below another tag.
func TestALabelWithoutOthersCostsNoAllocationOfItsOwn(t *testing.T) {
	registry := NewRegistry()
	outer, inner := registry.Tag("outer cost", ""), registry.Tag("inner cost", "")
	onOwnGoroutine(func() {
		n := testing.AllocsPerRun(100, func() {
			ctx := outer.SetLabels(t.Context())
			inner.SetLabels(ctx)
			pprof.SetGoroutineLabels(ctx)
			pprof.SetGoroutineLabels(t.Context())
		})
		if n > 2 {
			t.Errorf("two tags allocate %v times, want twice", n)
		}
	})
}
