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

// goroutineHas reports whether some goroutine has a label.
func goroutineHas(t *testing.T, key, value string) bool {
	t.Helper()
	var text bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&text, 1); err != nil {
		t.Fatal(err)
	}
	return strings.Contains(text.String(), `"`+key+`":"`+value+`"`)
}

func TestLabelsOfTheUserAreKeptBesideTheTags(t *testing.T) {
	tag := NewRegistry().Tag("GET /labels", "api")
	users := pprof.WithLabels(t.Context(), pprof.Labels("tenant", "acme"))
	for name, ctx := range map[string]context.Context{"without labels": t.Context(), "with labels": users} {
		t.Run(name, func(t *testing.T) {
			onOwnGoroutine(func() {
				has := ctx == users
				pprof.SetGoroutineLabels(ctx)
				before := tag.SetLabels(ctx)
				if !goroutineHas(t, OperationLabel, "GET /labels") || goroutineHas(t, "tenant", "acme") != has {
					t.Error("below the tag the goroutine does not have the operation and the user's labels")
				}
				pprof.SetGoroutineLabels(before)
				if goroutineHas(t, OperationLabel, "GET /labels") || goroutineHas(t, "tenant", "acme") != has {
					t.Error("afterwards the goroutine does not have the user's labels and no others")
				}
			})
		})
	}
	if n := testing.AllocsPerRun(100, func() { pprof.SetGoroutineLabels(tag.SetLabels(context.Background())) }); n != 0 {
		t.Errorf("without labels of the user it allocates %v times", n)
	}
}
