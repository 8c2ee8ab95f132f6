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

func chainOf(start, end []uintptr) []string {
	chain, _ := learn.Chain(start, end, ours)
	return names(chain)
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
	if got := chainOf(start, end); len(got) < 2 || got[0] != "learn_test.covers" ||
		got[1] != "learn_test.TestChainBeginsWithTheFunctionThatBothEndsShare" {
		t.Errorf("chain %v, want covers and this test", got)
	}
	start, end = calls()
	want := []string{"learn_test.covered", "learn_test.calls"}
	if got := chainOf(start, end); len(got) < 2 || !slices.Equal(got[:2], want) {
		t.Errorf("chain %v, want %v and this test", got, want)
	}
}

func TestSpanThatEndsOnAnotherGoroutineHasNoChain(t *testing.T) {
	start, ends := startIn(), make(chan []uintptr)
	go func() { ends <- startIn() }()
	if got, whole := learn.Chain(start, <-ends, ours); got != nil || !whole {
		t.Errorf("chain %v, whole %v, want none that is whole", got, whole)
	}
	for _, stacks := range [][2][]uintptr{{nil, start}, {start, nil}} {
		if got, whole := learn.Chain(stacks[0], stacks[1], ours); got != nil || whole {
			t.Errorf("chain %v, whole %v of a stack that was too deep, want none", got, whole)
		}
	}
}

func TestChainIsNotCut(t *testing.T) {
	var deep func(n int) (start, end []uintptr)
	deep = func(n int) (start, end []uintptr) {
		if n == 0 {
			return covers()
		}
		return deep(n - 1)
	}
	start, end := deep(30)
	if got, whole := learn.Chain(start, end, ours); len(got) != 33 || !whole {
		t.Errorf("%d functions, whole %v, want covers, 31 calls and this test", len(got), whole)
	}
}
