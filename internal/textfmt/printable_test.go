package textfmt

import "testing"

func TestTextFromStrangersCannotForgeLinesOrControlATerminal(t *testing.T) {
	for text, want := range map[string]struct{ line, lines string }{
		"GET /api/ü":        {"GET /api/ü", "GET /api/ü"},
		"red\x1b[31m":       {"red\uFFFD[31m", "red\uFFFD[31m"},
		"one\ntwo\tthree\r": {"one\uFFFDtwo\uFFFDthree\uFFFD", "one\ntwo\uFFFDthree\uFFFD"},
		"\u202eright":       {"\uFFFDright", "\uFFFDright"}, // turns the direction of text
		"\xff":              {"\uFFFD", "\uFFFD"},
	} {
		if got := Printable(text); got != want.line {
			t.Errorf("Printable(%q) = %q, want %q", text, got, want.line)
		}
		if got := PrintableLines(text); got != want.lines {
			t.Errorf("PrintableLines(%q) = %q, want %q", text, got, want.lines)
		}
	}
}
