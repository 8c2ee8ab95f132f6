package learn_test

import (
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/otelmem/otelmem-go/internal/learn"
)

func callers() []uintptr {
	pcs := make([]uintptr, 64)
	return pcs[:runtime.Callers(2, pcs)]
}

func ours(function string) bool { return strings.Contains(function, "learn_test.") }

// names are the functions of a chain without their package.
func names(chain []string) []string {
	short := make([]string, len(chain))
	for i, function := range chain {
		short[i] = function[strings.LastIndexByte(function, '/')+1:]
	}
	return short
}

//go:noinline
func startIn() []uintptr { return callers() }

//go:noinline
func covers() (start, end []uintptr) {
	start = startIn() // a helper that returns: it covers nothing
	return start, callers()
}

//go:noinline
func covered(f func()) (start, end []uintptr) {
	start = callers()
	f()
	return start, callers()
}

//go:noinline
func calls() (start, end []uintptr) { return covered(func() {}) }

func TestChainBeginsWithTheFunctionThatBothEndsShare(t *testing.T) {
	start, end := covers()
	if got := names(learn.Chain(start, end, false, ours)); len(got) < 2 || got[0] != "learn_test.covers" ||
		got[1] != "learn_test.TestChainBeginsWithTheFunctionThatBothEndsShare" {
		t.Errorf("chain %v, want covers and this test", got)
	}
	start, end = calls()
	want := []string{"learn_test.covered", "learn_test.calls"}
	if got := names(learn.Chain(start, end, false, ours)); len(got) < 2 || !slices.Equal(got[:2], want) {
		t.Errorf("chain %v, want %v and this test", got, want)
	}
}

func TestChainOfAnInnerSpanIsItsOwnFunctionOnly(t *testing.T) {
	start, end := calls()
	if got := names(learn.Chain(start, end, true, ours)); !slices.Equal(got, []string{"learn_test.covered"}) {
		t.Errorf("chain %v", got)
	}
}

func TestSpanThatEndsOnAnotherGoroutineHasNoChain(t *testing.T) {
	start, ends := startIn(), make(chan []uintptr)
	go func() { ends <- startIn() }()
	if got := learn.Chain(start, <-ends, false, ours); got != nil {
		t.Errorf("chain %v, want none", got)
	}
	if got := learn.Chain(nil, start, false, ours); got != nil {
		t.Errorf("chain %v of a stack that was too deep, want none", got)
	}
}

func TestChainIsBounded(t *testing.T) {
	var deep func(n int) (start, end []uintptr)
	deep = func(n int) (start, end []uintptr) {
		if n == 0 {
			return covers()
		}
		return deep(n - 1)
	}
	start, end := deep(30)
	if got := learn.Chain(start, end, false, ours); len(got) != 8 {
		t.Errorf("%d functions, want 8", len(got))
	}
}
