package category

import (
	"fmt"
	"sync"
	"time"
)

const (
	// maxAnswer is how long a categorizer may take for one span.
	maxAnswer = time.Second
	// askAgainAfter is how long a categorizer that failed is left alone.
	askAgainAfter = 10 * time.Second
)

// Guard returns categorizer as a function that always answers: where it panics or
// takes longer than a second the answer is empty, which leaves the operation to the
// default rules. It is then left alone for ten seconds, and for as long as a call
// of it has not returned. failed is told what happened, and "" when it works again. A
// categorizer that is nil stays nil.
//
// Each call has a goroutine of its own, since nobody can interrupt other people's code.
func Guard(categorizer func(Operation) string, failed func(reason string)) func(Operation) string {
	if categorizer == nil {
		return nil
	}
	g := &guard{categorizer: categorizer, failed: failed}
	return g.ask
}

type guard struct {
	categorizer func(Operation) string
	failed      func(reason string)

	mu     sync.Mutex
	off    bool
	until  time.Time // while off, when it is asked again
	silent int       // calls that did not return in time and still have not
}

// answer is what a call came to.
type answer struct {
	name    string
	problem string // "" for none
}

func (g *guard) ask(op Operation) string {
	if !g.mayAsk() {
		return ""
	}
	answers := make(chan answer) // not buffered: who gives up takes no answer
	gaveUp := make(chan struct{})
	go func() {
		a := g.call(op)
		select {
		case answers <- a:
		case <-gaveUp:
			g.returned()
		}
	}()
	patience := time.NewTimer(maxAnswer)
	defer patience.Stop()
	select {
	case a := <-answers:
		g.note(a.problem, 0)
		return a.name
	case <-patience.C:
		g.note(fmt.Sprintf("it has not answered within %v; the default rules name operations", maxAnswer), 1)
		close(gaveUp)
		return ""
	}
}

func (g *guard) call(op Operation) (a answer) {
	defer func() {
		if p := recover(); p != nil {
			a = answer{problem: fmt.Sprintf("it panicked: %v; the default rules name operations", p)}
		}
	}()
	return answer{name: g.categorizer(op)}
}

func (g *guard) mayAsk() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return !g.off || g.silent == 0 && !time.Now().Before(g.until)
}

// note notes how a call ended; silent is 1 if it has not.
func (g *guard) note(problem string, silent int) {
	g.mu.Lock()
	was := g.off
	g.off = problem != "" || g.silent > 0
	g.silent += silent
	if problem != "" {
		g.until = time.Now().Add(askAgainAfter)
	}
	changed := g.off != was
	g.mu.Unlock()
	if changed || problem != "" {
		g.failed(problem)
	}
}

// returned notes that a call that was given up has returned.
func (g *guard) returned() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.silent--
	g.until = time.Now().Add(askAgainAfter)
}
