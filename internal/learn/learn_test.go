package learn

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// times adds a span n times.
func times(l *Learner, n int, startName, operation string, chain ...string) {
	for range n {
		l.Add(Span{StartName: startName, Operation: operation, Sampled: len(chain) > 0, Chain: chain, Whole: true})
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

// Routes share one server. Those in a subroute lie more functions below what they
// share with the flat one than are remembered.
func TestFunctionBeyondACutBelongsToNobody(t *testing.T) {
	outer := []string{"encode.ServeHTTP", "wrapMiddleware", "vars.ServeHTTP", "wrapMiddleware.2", "server.serveHTTP", "server.ServeHTTP"}
	inner := []string{"wrapper.ServeHTTP", "tracing.ServeHTTP", "wrapMiddleware.1"}
	flat := slices.Concat(inner, outer)
	deep := slices.Concat(inner, []string{"compile", "subroute.ServeHTTP", "route", "group", "wrapMiddleware.3"}, outer)
	for name, c := range map[string]struct {
		length int
		whole  bool
	}{"whole stacks": {len(deep), true}, "stacks that were cut": {8, false}} {
		t.Run(name, func(t *testing.T) {
			l := new(Learner)
			for range 10 {
				l.Add(Span{StartName: "GET /api/*", Operation: "GET /api/*", Sampled: true, Chain: deep[:c.length], Whole: c.whole})
				l.Add(Span{StartName: "GET /static/*", Operation: "GET /static/*", Sampled: true, Chain: deep[:c.length], Whole: c.whole})
				l.Add(Span{StartName: "other", Operation: "GET (no route)", Sampled: true, Chain: flat, Whole: true})
			}
			wantFunctions(t, l, nil)
		})
	}
}

// Of a stack that is too deep there are no functions at all.
func TestStackThatIsMissingContradictsWhatLiesFurtherOut(t *testing.T) {
	l := new(Learner)
	times(l, minSpans, "sync", "sync", "main.withSpan", "main.sync")
	times(l, minSpans, "mail", "mail", "main.withSpan", "main.mail")
	l.Add(Span{StartName: "sync", Operation: "sync", Sampled: true})
	wantFunctions(t, l, map[string]string{"main.sync": "sync"})
	l.Add(Span{StartName: "deep", Operation: "deep", Sampled: true})
	wantFunctions(t, l, nil)
}

func TestInnerSpansBelongToTheOperationAroundThem(t *testing.T) {
	l := new(Learner)
	times(l, minSpans, "sync", "sync", "main.sync")
	times(l, minSpans, "mail", "mail", "main.mail")
	times(l, minSpans, "load", "load", "main.load")
	l.AddInner("step", "sync", []string{"main.sync"})
	l.AddInner("step", "sync", []string{"main.step"})
	wantFunctions(t, l, map[string]string{"main.sync": "sync", "main.mail": "mail", "main.load": "load"})
	l.AddInner("step", "sync", []string{"main.mail"})
	l.AddInner("step", "", []string{"main.load"})
	wantFunctions(t, l, map[string]string{"main.sync": "sync"})
	l.AddInner("sync", "", nil)
	wantFunctions(t, l, nil)
}

func TestLongNamesAreNeitherKeptNorLearned(t *testing.T) {
	l := new(Learner)
	long := strings.Repeat("x", 1<<20)
	times(l, minSpans, "sync", "sync", "main.sync")
	for i := range 100 {
		times(l, 1, fmt.Sprint(i, long), fmt.Sprint(i, long), "main.long")
		times(l, 1, fmt.Sprint(i), fmt.Sprint(i, long), "main.named")
	}
	wantFunctions(t, l, map[string]string{"main.sync": "sync"})
	times(l, minSpans, "x", long, "main.sync")
	wantFunctions(t, l, nil)
	if n := l.Bytes(); n > 1<<20 {
		t.Errorf("the learner holds %d bytes", n)
	}
}

// A name can be part of a request.
func TestWhatIsRememberedHoldsNothingElse(t *testing.T) {
	l := new(Learner)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range 100 {
		request := fmt.Sprint(i, strings.Repeat(" ", 1<<20))
		name := request[:strings.IndexByte(request, ' ')]
		times(l, minSpans, name, name, "main.f")
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 10<<20 {
		t.Errorf("%d bytes are held for 100 short names", held)
	}
	runtime.KeepAlive(l)
}
