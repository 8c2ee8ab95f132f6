package textfmt

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable returns text as one line that is safe to show: characters that are
// not printable, line breaks included, become U+FFFD. Names of operations come
// from clients and could otherwise forge log lines or control a terminal.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return utf8.RuneError
	}, text)
}

// PrintableLines is [Printable] for text of several lines: it keeps line breaks.
func PrintableLines(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || r == '\n' {
			return r
		}
		return utf8.RuneError
	}, text)
}
