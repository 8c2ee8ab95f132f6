package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/internal/inplace"
	"github.com/otelmem/otelmem-go/otelmem"
)

// drawEvery is how often the answer is drawn anew on a terminal.
const drawEvery = time.Second

// screen is what a person sees: the answer so far, in place, and above it what happens.
// Where out is no terminal it is plain lines: the answer whenever its first sentence is
// of something else. It is safe for concurrent use.
type screen struct {
	out     io.Writer
	inPlace bool

	mu    sync.Mutex // guards what follows
	block *inplace.Block
	lines []string
	said  string
}

func newScreen(out io.Writer) *screen {
	return &screen{out: out, inPlace: inplace.IsTerminal(out), block: inplace.NewBlock(out)}
}

// print writes a line that stays.
func (s *screen) print(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inPlace {
		s.block.Erase()
	}
	fmt.Fprintln(s.out, line)
	if s.inPlace && len(s.lines) > 0 {
		s.block.Draw(s.lines...)
	}
}

// draw shows the answer so far.
func (s *screen) draw(a *answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inPlace {
		s.lines = append([]string{""}, a.lines()...)
		s.block.Draw(s.lines...)
		return
	}
	if about := a.about(); about != s.said {
		s.said = about
		fmt.Fprintf(s.out, "%s %s\n", a.Time.Format(time.TimeOnly), a.Headline.First())
	}
}

// end takes away what was drawn in place.
func (s *screen) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = nil
	s.block.Erase()
}

// follow draws the answer again and again until ctx is done.
func (s *screen) follow(ctx context.Context, mem *otelmem.Diagnostics) {
	tick := time.NewTicker(drawEvery)
	defer tick.Stop()
	var course course
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		r, err := mem.Report(ctx)
		if err != nil {
			continue
		}
		course.add(r.Process.RSS)
		s.draw(&answer{Report: r, course: course})
	}
}

// warnings is a handler that prints the log's warnings, with their kind: LEAK, a failed
// DUMP. Of the rest it prints heap profiles.
type warnings struct {
	slog.Handler
	screen *screen
}

func newWarnings(s *screen) *slog.Logger { return slog.New(warnings{slog.DiscardHandler, s}) }

func (warnings) Enabled(context.Context, slog.Level) bool { return true }

func (w warnings) Handle(_ context.Context, r slog.Record) error {
	kind := ""
	r.Attrs(func(a slog.Attr) bool {
		kind = a.Value.String()
		return false
	})
	if r.Level >= slog.LevelWarn || kind == "DUMP" || kind == "LEAK" {
		w.screen.print(fmt.Sprintf("%s [%s] %s", r.Time.Format(time.TimeOnly), kind, r.Message))
	}
	return nil
}
