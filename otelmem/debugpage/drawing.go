package debugpage

import (
	"fmt"
	"slices"
	"strings"
)

// Drawings are SVG whose figures are attributes: the content policy allows no
// style in a page. Coordinates are hundredths of the width.

// bar is a value with its standard error.
type bar struct{ Value, Low, High float64 }

func newBar(value, err, widest int64) bar {
	return bar{Value: part(value, widest), Low: part(value-err, widest), High: part(value+err, widest)}
}

// Error is the width of the error.
func (b bar) Error() float64 { return b.High - b.Low }

// part is n in hundredths of whole, from 0 to 100, to a tenth.
func part(n, whole int64) float64 {
	if whole <= 0 {
		return 0
	}
	return float64(min(1000, max(0, n*1000/whole))) / 10
}

// delta is a change, drawn from Zero to the right, or to the left where it shrank.
type delta struct{ Zero, X, Width float64 }

// newDelta draws a change on a scale from the largest loss, 0 or below, to the
// largest gain.
func newDelta(change, loss, gain int64) delta {
	whole := gain - loss
	zero, width := part(-loss, whole), part(max(change, -change), whole)
	if change < 0 {
		return delta{zero, zero - width, width}
	}
	return delta{zero, zero, width}
}

// spark is a small line: 100 wide and 24 high, from zero up.
type spark struct{ Line, Area string }

func newSpark(times, values []int64) spark {
	if len(times) < 2 {
		return spark{}
	}
	first, over := times[0], max(1, times[len(times)-1]-times[0])
	highest := max(1, slices.Max(values))
	var b strings.Builder
	for i := range times {
		x := float64(times[i]-first) / float64(over) * 100
		y := 23 - float64(max(0, values[i]))/float64(highest)*22
		fmt.Fprintf(&b, "%.1f,%.1f ", x, y)
	}
	line := strings.TrimSpace(b.String())
	return spark{Line: line, Area: "0,24 " + line + " 100,24"}
}
