package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

// leaking is an answer that accuses, of more operations than there is room for.
func leaking() *answer {
	r := &report.Report{Time: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC), Headline: report.Headline{Subject: "GET /api/records", Fact: "It has kept all.", Accusation: "A leak is suspected."}}
	for range 3 * rows {
		r.Operations = append(r.Operations, report.Operation{Name: "GET /x\n\x1b[31m", Live: 1 << 20, Sites: []report.Site{{File: "/home/me/shop/cart/cart.go", Line: 9}}})
	}
	return &answer{Report: r, course: course{0, 50 << 20, 100 << 20}}
}

func TestTheAnswerFitsOnAScreen(t *testing.T) {
	lines := leaking().lines()
	if len(lines) > 20 || lines[0] != "It has kept all. A leak is suspected." {
		t.Errorf("%d lines, the first %q", len(lines), lines[0])
	}
	text := strings.Join(lines, "\n")
	if strings.Contains(text, "\x1b") || strings.Count(text, "GET /x") != rows || !strings.Contains(text, "shop/cart/cart.go:9") {
		t.Errorf("want %d operations, with the line of each:\n%s", rows, text)
	}
	if !strings.Contains(text, "▁▄█") {
		t.Errorf("memory's course is not drawn:\n%s", text)
	}
}

func TestInAPipeALineComesWhenTheAnswerChanges(t *testing.T) {
	var out bytes.Buffer
	s := newScreen(&out)
	for range 3 {
		s.draw(leaking())
	}
	if got := out.String(); got != "12:00:00 It has kept all. A leak is suspected.\n" {
		t.Errorf("it says %q, want one line", got)
	}
}

func TestOnATerminalTheAnswerStaysBelowWhatIsPrinted(t *testing.T) {
	var out bytes.Buffer
	s := newScreen(&out)
	s.inPlace = true
	s.draw(leaking())
	drawn := out.Len()
	s.print("it happened")
	after := out.String()[drawn:]
	happened, answer := strings.Index(after, "it happened"), strings.Index(after, "A leak is suspected.")
	if !strings.HasPrefix(after, "\r\x1b[") || happened < 0 || answer < happened {
		t.Errorf("after the answer was drawn it writes %q", after)
	}
	out.Reset()
	s.end()
	s.print("over")
	if strings.Contains(out.String(), "suspected") {
		t.Errorf("after the end it writes %q", out.String())
	}
}

func TestOnlyWarningsAndProfilesArePrinted(t *testing.T) {
	var out bytes.Buffer
	logger := newWarnings(newScreen(&out))
	logger.Info("memory", "kind", "PERIODIC")
	logger.Info("written", "kind", "DUMP")
	logger.Info("ended", "kind", "LEAK")
	logger.Warn("off", slog.String("kind", "DISABLED"))
	for text, want := range map[string]int{"PERIODIC": 0, "[DUMP] written": 1, "[LEAK] ended": 1, "[DISABLED] off": 1} {
		if got := strings.Count(out.String(), text); got != want {
			t.Errorf("%s is there %d times, want %d", text, got, want)
		}
	}
}
