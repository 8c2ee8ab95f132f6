package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/internal/inplace"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/internal/watch"
)

// screen shows what is watched on a terminal, in place, until the answer.
type screen struct {
	out      io.Writer
	watching *watching
	began    time.Time

	mu    sync.Mutex // guards what follows
	block *inplace.Block
	last  map[*watch.Program]*watch.Event
}

func newScreen(out io.Writer, w *watching) *screen {
	return &screen{out: out, watching: w, began: time.Now(), block: inplace.NewBlock(out), last: make(map[*watch.Program]*watch.Event)}
}

// run draws each second.
func (s *screen) run(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		s.draw(time.Now())
		select {
		case <-ctx.Done():
			s.mu.Lock()
			defer s.mu.Unlock()
			s.block.Erase()
			return
		case <-tick.C:
		}
	}
}

func (s *screen) show(e *watch.Event) {
	s.mu.Lock()
	s.last[e.Program] = e
	s.mu.Unlock()
	s.draw(time.Now())
}

func (s *screen) note(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.block.Erase()
	fmt.Fprintln(s.out, textfmt.Printable(text))
}

// maxShown is how many programs a screen has room for.
const maxShown = 8

func (s *screen) draw(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := []string{fmt.Sprintf("otelmem watch, %v; Ctrl-C ends with the answer", now.Sub(s.began).Truncate(time.Second))}
	for i, p := range s.watching.programs {
		if i == maxShown {
			lines = append(lines, fmt.Sprintf("and %d more", len(s.watching.programs)-i))
			break
		}
		lines = append(lines, s.linesOf(p.Program, now)...)
	}
	s.block.Draw(lines...)
}

// linesOf are the lines of a program: how it is, and what is said of it.
func (s *screen) linesOf(p *watch.Program, now time.Time) []string {
	e := s.last[p]
	if e == nil {
		return []string{p.String() + ": it is read for the first time"}
	}
	r := p.Report()
	n, last := p.Readings()
	head := p.String()
	if n > 0 {
		head += fmt.Sprintf("  %s live", textfmt.Size(r.Process.Live))
		if r.Process.RSS > 0 {
			head += fmt.Sprintf(" of %s resident", textfmt.Size(r.Process.RSS))
		}
		head += fmt.Sprintf(", %d goroutines; reading %d was %v ago", r.Process.Goroutines, n, now.Sub(last).Truncate(time.Second))
	}
	if !e.Next.IsZero() {
		head += fmt.Sprintf(", the next is in %v", max(0, e.Next.Sub(now)).Truncate(time.Second))
	}
	lines := []string{head}
	if n > 0 {
		lines = append(lines, "  "+r.Headline.First())
		if r.Headline.Others != "" {
			lines = append(lines, "  "+r.Headline.Others)
		}
	}
	if e.Taken.Restarted {
		lines = append(lines, "  It was restarted: what was said before is of the process before.")
	}
	if e.Taken.Err != nil {
		lines = append(lines, "  "+e.Taken.Err.Error())
	}
	return lines
}

func (s *screen) answer(programs []*watched) { writeAnswers(s.out, programs) }
