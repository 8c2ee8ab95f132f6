package drive

import (
	"strings"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// firstSentence is a headline's first sentence.
func firstSentence(headline string) string {
	for i := range len(headline) {
		rest := headline[i:]
		if rest == "." || strings.HasPrefix(rest, ". ") {
			return headline[:i]
		}
	}
	return headline
}

// right says whether a reading's first sentence names the case's operation, or a
// function of it, before any other, and a line of it. Memory outside Go has no
// line.
func right(c *service.Case, r *service.Reading) bool {
	sentence := firstSentence(r.Headline)
	if c.Kind != service.Outside && !namesLine(c, sentence) {
		return false
	}
	name := subject(c, r, sentence)
	return c.Is(name) || name == "" && namesFunction(c, sentence)
}

// subject is the row that a sentence names first; empty where it names none.
func subject(c *service.Case, r *service.Reading, sentence string) string {
	best, at := "", len(sentence)
	consider := func(name string) {
		i := index(sentence, name)
		if i >= 0 && (i < at || i == at && len(name) > len(best)) {
			best, at = name, i
		}
	}
	consider(c.Operation)
	for _, name := range c.Others {
		consider(name)
	}
	for i := range r.Rows {
		consider(r.Rows[i].Name)
	}
	return best
}

func namesLine(c *service.Case, sentence string) bool {
	for _, line := range c.Lines() {
		if index(sentence, line) >= 0 {
			return true
		}
	}
	return false
}

func namesFunction(c *service.Case, sentence string) bool {
	for word := range strings.FieldsFuncSeq(sentence, func(r rune) bool { return r == ' ' || r == ',' }) {
		if c.Is(strings.TrimSuffix(strings.TrimPrefix(word, "("), ")")) {
			return true
		}
	}
	return false
}

// index is where whole stands in text, not as a part of a longer name or number;
// -1 where it does not, or is empty.
func index(text, whole string) int {
	if whole == "" {
		return -1
	}
	for from := 0; ; {
		i := strings.Index(text[from:], whole)
		if i < 0 {
			return -1
		}
		i += from
		end := i + len(whole)
		if end == len(text) || !continues(text[end:]) {
			return i
		}
		from = end
	}
}

// continues says whether text goes on with what a name began.
func continues(text string) bool {
	first := text[0]
	switch {
	case first == '_', first == '/', first >= '0' && first <= '9', first >= 'a' && first <= 'z', first >= 'A' && first <= 'Z':
		return true
	case first == '.' && len(text) > 1: // a function's closure, not a sentence's end
		return text[1] != ' '
	}
	return false
}
