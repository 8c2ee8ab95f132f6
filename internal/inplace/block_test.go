package inplace

import (
	"bytes"
	"strings"
	"testing"
)

func TestLinesAreDrawnInThePlaceOfThoseBefore(t *testing.T) {
	var out bytes.Buffer
	b := NewBlock(&out)
	b.Draw("one", "two")
	if text := out.String(); strings.Contains(text, "A"+clear) || !strings.Contains(text, "one\ntwo\n") {
		t.Errorf("drawn first: %q", text)
	}
	out.Reset()
	b.Draw("three\x1b[31m")
	if text := out.String(); !strings.HasPrefix(text, "\r\x1b[2A"+clear) || strings.Contains(text, "[31m"+"\x1b") || strings.Contains(text, "\x1b[31m") {
		t.Errorf("drawn next: %q", text)
	}
	out.Reset()
	b.Erase()
	if text := out.String(); text != "\r\x1b[1A"+clear {
		t.Errorf("erased: %q", text)
	}
	if IsTerminal(&out) {
		t.Error("a buffer is no terminal")
	}
}
