package conclusions

import (
	"fmt"

	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// spread is how many times the rise of its largest operation a line's rise must be for
// the line to explain more than the operation does.
const spread = 2

// explaining are the lines that grow now and explain clearly more than any of the
// operations which they allocate for.
func explaining(r *report.Report) (lines []*report.Line) {
	for i := range r.Lines {
		l := &r.Lines[i]
		if l.Rise == nil || !l.Rise.Ongoing {
			continue
		}
		largest := 0.0
		for j := range r.Operations {
			if o := &r.Operations[j]; rises(o) && mostly(o, l) {
				largest = max(largest, certain(o.Rise))
			}
		}
		if certain(l.Rise) >= spread*largest {
			lines = append(lines, l)
		}
	}
	return lines
}

// mostly says whether a line allocated most of what an operation holds.
func mostly(o *report.Operation, l *report.Line) bool {
	if len(o.Sites) == 0 {
		return false
	}
	s := &o.Sites[0]
	return s.Line == l.Line && s.File == l.File && s.Function == l.Function && s.Bytes >= o.Live/2
}

func line(l *report.Line) subject {
	return subject{
		name: l.Name(),
		fact: fmt.Sprintf("%s has kept %s that it allocated%s, for %d operations: %s", l.Name(), kept(l.Rise), rate(l.Rise, l.Rate),
			len(l.Operations), some(l.Operations)),
		grew:           textfmt.SignedSize(l.Rise.Bytes),
		suspectedSince: l.SuspectedSince,
		weight:         certain(l.Rise),
	}
}
