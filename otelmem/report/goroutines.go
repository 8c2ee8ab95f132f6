package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// Goroutines are goroutines that do the same: of one operation, started by one
// function, blocked at one line.
type Goroutines struct {
	// Operation started them; empty for none.
	Operation string `json:"operation,omitempty"`
	// Starter is the application's function that started them; empty where a library
	// did, or where it is not known.
	Starter string `json:"starter,omitempty"`
	// Function and Place (file:line) are where they are blocked: the application's
	// innermost line, or a library's outermost one where it runs alone.
	Function string `json:"function"`
	Place    string `json:"place"`
	Count    int    `json:"count"`
	// GrowthPerMinute is how many more they become in a minute, since Since; 0 unless
	// they do.
	GrowthPerMinute float64   `json:"growthPerMinute"`
	Since           time.Time `json:"since,omitzero"`
	// StackBytes is about what their stacks take.
	StackBytes int64 `json:"stackBytes"`
	// Meaning is what it means that they are blocked there, with the mend; empty
	// where that is not known.
	Meaning string `json:"meaning,omitempty"`
	// Verdict is what their number shows over time, Evidence why.
	Verdict  Verdict `json:"verdict,omitempty"`
	Evidence string  `json:"evidence,omitempty"`
	// Suspected says that they are suspected to leak.
	Suspected bool `json:"suspected"`
}

// manyGoroutines is from how many on a group is in the text, unless it grows.
const manyGoroutines = 100

func (r *Report) writeGoroutines(b *strings.Builder) {
	var shown []Goroutines
	for _, g := range r.Goroutines {
		if g.Count >= manyGoroutines || g.GrowthPerMinute > 0 {
			shown = append(shown, g)
		}
	}
	if len(shown) == 0 {
		return
	}
	b.WriteByte('\n')
	t := newTable(b, "GOROUTINES of", "number", "a minute", "stacks", "verdict", "started by", "blocked at")
	for _, g := range shown[:min(len(shown), rowsShown)] {
		rate := ""
		if g.GrowthPerMinute > 0 {
			rate = fmt.Sprintf("%+.0f", g.GrowthPerMinute)
		}
		t.row(orNone(g.Operation), fmt.Sprint(g.Count), rate, textfmt.Size(g.StackBytes), string(g.Verdict), orNone(textfmt.ShortFunction(g.Starter)), textfmt.ShortPlace(g.Place)+" ("+textfmt.ShortFunction(g.Function)+")")
	}
	t.more(len(shown))
	t.flush()
	explained := make(map[string]bool)
	for _, g := range shown[:min(len(shown), rowsShown)] {
		if g.Meaning != "" && !explained[g.Place] {
			explained[g.Place] = true
			fmt.Fprintf(b, "%s: %s.\n", textfmt.Printable(textfmt.ShortPlace(g.Place)), g.Meaning)
		}
	}
}

func orNone(name string) string {
	if name == "" {
		return "-"
	}
	return name
}
