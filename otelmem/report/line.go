package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// Line is a line of the application that allocates for several operations: each may hold
// too little of it to be noticed. Bytes unless said.
type Line struct {
	// Site is the line; its Bytes are live, of all operations together.
	Site
	// Allocated is all that the line ever allocated.
	Allocated int64 `json:"allocated"`
	// Operations are those that it allocates much of their live bytes for, in the order
	// of the report.
	Operations []string `json:"operations"`
	// Verdict is what its live bytes show over time, Evidence why.
	Verdict  Verdict `json:"verdict,omitempty"`
	Evidence string  `json:"evidence,omitempty"`
	// Suspected says that it is suspected to leak, SuspectedSince since when; zero unless
	// it is.
	Suspected      bool      `json:"suspected"`
	SuspectedSince time.Time `json:"suspectedSince,omitzero"`
	// Rise is the latest growth of the live bytes; nil where they did not rise.
	Rise *Rise `json:"rise,omitempty"`
	// Rate is the trend of the live bytes over Rise (Theil–Sen) in bytes a second.
	Rate float64 `json:"liveRate"`
}

// Name is the line for people, with its function.
func (l *Line) Name() string {
	return fmt.Sprintf("%s (%s)", l.Place(), textfmt.ShortFunction(l.Function))
}

// leastLine is from how many live bytes on a line is in the text.
const leastLine = textfmt.MiB

func (r *Report) writeLines(b *strings.Builder) {
	var shown []*Line
	for i := range r.Lines {
		if l := &r.Lines[i]; l.Suspected || l.Bytes >= leastLine {
			shown = append(shown, l)
		}
	}
	if len(shown) == 0 {
		return
	}
	b.WriteByte('\n')
	t := newTable(b, "LINE of several operations", "live", "allocated", "verdict", "operations")
	for _, l := range shown[:min(len(shown), rowsShown)] {
		t.row(l.Name(), textfmt.Size(l.Bytes), textfmt.Size(l.Allocated), string(l.Verdict), fmt.Sprint(len(l.Operations)))
	}
	t.more(len(shown))
	t.flush()
}
