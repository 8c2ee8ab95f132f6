package spanstats

import (
	"cmp"
	"slices"
)

// Foremost returns the n of the spans whose growth may still be held: of a span's
// growth counts what is outside Go, and of the rest no more than held says that its
// operation holds, in bytes. A nil held is for what is not known: all growth counts.
// The order of spans decides between equals.
func Foremost(spans []Span, held map[string]int64, n int) []Span {
	kept := func(s Span) int64 {
		if held == nil {
			return s.Largest()
		}
		return max(s.External, min(s.Largest(), held[s.Operation]))
	}
	sorted := slices.SortedStableFunc(slices.Values(spans), func(a, b Span) int { return cmp.Compare(kept(b), kept(a)) })
	return sorted[:min(n, len(sorted))]
}
