package learn

import (
	"fmt"
	"maps"
	"testing"
)

// times adds a span n times.
func times(l *Learner, n int, startName, operation string, chain ...string) {
	for range n {
		l.Add(Span{StartName: startName, Operation: operation, Chain: chain})
	}
}

func wantFunctions(t *testing.T, l *Learner, want map[string]string) {
	t.Helper()
	if got, _ := l.Functions(); !maps.Equal(got, want) {
		t.Errorf("functions %v, want %v", got, want)
	}
}

func TestFunctionThatCoversOneOperationIsItsOwn(t *testing.T) {
	l := new(Learner)
	times(l, minSpans, "sync", "sync", "main.sync", "main.loop")
	times(l, minSpans, "mail", "mail", "main.mail", "main.loop")
	wantFunctions(t, l, map[string]string{"main.sync": "sync", "main.mail": "mail"})
}

func TestFromTooFewSpansNothingIsLearned(t *testing.T) {
	l := new(Learner)
	times(l, minSpans-1, "sync", "sync", "main.sync")
	wantFunctions(t, l, nil)
}

func TestFunctionIsGivenUpWithTheFirstContradiction(t *testing.T) {
	l := new(Learner)
	times(l, 100, "sync", "sync", "main.run")
	wantFunctions(t, l, map[string]string{"main.run": "sync"})
	_, before := l.Functions()
	times(l, 1, "mail", "mail", "main.run")
	wantFunctions(t, l, nil)
	if _, after := l.Functions(); after == before {
		t.Error("the version did not change")
	}
}

// withSpan(name, f) covers every operation: the function that calls it is the
// operation's, unless others come through it too.
func TestHelperThatAllShareIsPassedOver(t *testing.T) {
	l := new(Learner)
	times(l, minSpans, "sync", "sync", "main.withSpan", "main.sync", "main.loop")
	times(l, minSpans, "mail", "mail", "main.withSpan", "main.mail", "main.loop")
	times(l, minSpans, "report", "report", "main.withSpan", "main.loop")
	wantFunctions(t, l, map[string]string{"main.sync": "sync", "main.mail": "mail"})
}

func TestFunctionThatCoversAnotherSpanIsNotPassedTo(t *testing.T) {
	l := new(Learner)
	times(l, minSpans, "a", "a", "main.withSpan", "main.serve")
	times(l, minSpans, "b", "b", "main.withSpan")
	times(l, minSpans, "serve", "serve", "main.serve")
	wantFunctions(t, l, map[string]string{"main.serve": "serve"})
}

// One span is too few to learn from, and enough to contradict.
func TestFunctionThatCoversASingleOtherSpanIsNotPassedTo(t *testing.T) {
	l := new(Learner)
	times(l, minSpans, "a", "a", "main.withSpan", "main.serve")
	times(l, minSpans, "b", "b", "main.withSpan")
	times(l, 1, "serve", "serve", "main.serve")
	wantFunctions(t, l, nil)
}

// Stacks are taken by the name at the start. Where spans of one name end as two
// operations, one of them may never have been looked at.
func TestFromANameThatTwoOperationsShareNothingIsLearned(t *testing.T) {
	l := new(Learner)
	times(l, 8, "GET", "GET /a", "main.traced")
	wantFunctions(t, l, map[string]string{"main.traced": "GET /a"})
	times(l, 1, "GET", "GET /b")
	wantFunctions(t, l, nil)
}

func TestFromUnboundedNamesNothingIsLearned(t *testing.T) {
	l := new(Learner)
	for i := range 10 * maxNames {
		times(l, 1, fmt.Sprint("job ", i), "job", "main.job")
	}
	wantFunctions(t, l, nil)
	if n := l.Bytes(); n > 1<<20 {
		t.Errorf("the learner holds %d bytes", n)
	}
}

func TestWhatComesWithoutRoomIsNotLearned(t *testing.T) {
	l := new(Learner)
	for i := range maxFunctions {
		times(l, 1, "many", "many", fmt.Sprint("main.f", i))
	}
	times(l, minSpans, "late", "late", "main.late", "main.f1", "main.outer")
	wantFunctions(t, l, map[string]string{"main.f0": "many", "main.f1": "many"})
}
