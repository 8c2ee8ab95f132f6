package conclusions

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/otelmem/otelmem-go/internal/order"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// outsideFrom is from how much on growth outside Go is a subject, in bytes: less is
// the loader's, and the runtime's own.
const outsideFrom = 8 * textfmt.MiB

// What spans of an operation must have seen of growth outside Go for the operation to be
// named: less may be chance.
const (
	leastOutside      = 2 * textfmt.MiB
	leastOutsideShare = 16 // one part in so many of the growth
)

// subject is something that grows now.
type subject struct {
	name           string
	short          string // name for people, where that is another
	fact           string // a sentence without its full stop
	grew           string // in short
	suspectedSince time.Time
	weight         float64 // bytes that it explains, less where they are uncertain
}

// subjects are what grows now: what is suspected first, then by the bytes of growth
// that they explain.
func subjects(r *report.Report) []subject {
	var all []subject
	found := crowds(r.Goroutines)
	lines := explaining(r)
	for _, l := range lines {
		all = append(all, line(l))
	}
	for i := range r.Operations {
		o := &r.Operations[i]
		if !rises(o) || slices.ContainsFunc(lines, func(l *report.Line) bool { return mostly(o, l) }) {
			continue
		}
		s := operation(o)
		if j := slices.IndexFunc(found, func(c crowd) bool { return c.holds(o) }); j >= 0 {
			s = s.with(found[j], r.Time)
			found = slices.Delete(found, j, j+1)
		}
		all = append(all, s)
	}
	for _, c := range found {
		all = append(all, goroutines(c, r))
	}
	if rise := r.Process.ExternalRise; rise != nil && rise.Ongoing && rise.Bytes >= outsideFrom {
		all = append(all, outside(r, rise))
	}
	slices.SortStableFunc(all, func(a, b subject) int {
		return cmp.Or(order.TrueFirst(!a.suspectedSince.IsZero(), !b.suspectedSince.IsZero()), cmp.Compare(b.weight, a.weight))
	})
	return all
}

// rises says whether an operation's live bytes rise now, and somebody could mend it.
func rises(o *report.Operation) bool {
	return o.Rise != nil && o.Rise.Ongoing && o.Name != report.NoApplication
}

func operation(o *report.Operation) subject {
	return subject{
		name:           o.Name,
		short:          o.ShortName(),
		fact:           fmt.Sprintf("%s has kept %s that it allocated%s%s", o.ShortName(), kept(o.Rise), rate(o.Rise, o.Rate), allocatedAt(o)),
		grew:           textfmt.SignedSize(o.Rise.Bytes),
		suspectedSince: o.SuspectedSince,
		weight:         certain(o.Rise),
	}
}

// rateFrom is over how long something must have risen for its rate to be told.
const rateFrom = 3 * time.Second

// kept is how much was kept of what was allocated meanwhile.
func kept(rise *report.Rise) string {
	if rise.Bytes >= rise.Allocated {
		return "all of the " + textfmt.Size(rise.Bytes)
	}
	return fmt.Sprintf("%s of the %s", textfmt.Size(rise.Bytes), textfmt.Size(rise.Allocated))
}

// rate says in which time live bytes rose, and how fast, in bytes a second.
func rate(rise *report.Rise, perSecond float64) string {
	over := rise.Until.Sub(rise.Since)
	if over < rateFrom {
		return " just now"
	}
	return fmt.Sprintf(" in %s, %s", span(over), textfmt.PerMinute(perSecond))
}

// certain is by how much something rose, less where that is hardly more than its
// uncertainty.
func certain(rise *report.Rise) float64 {
	return float64(rise.Bytes) * (1 - 1/max(1, rise.Steadiness))
}

// outside is about memory that the heap profile does not show. Whose it is, only
// spans can say: the operation while which most of it came.
func outside(r *report.Report, rise *report.Rise) subject {
	fact := fmt.Sprintf("memory outside Go's heap grew by %s in %s, %s", textfmt.Size(rise.Bytes), span(rise.Until.Sub(rise.Since)),
		textfmt.PerMinute(r.Process.ExternalRate))
	name := "memory outside Go"
	if o, all := outsideOperation(r); o != nil {
		name = o.Name + " (outside Go)"
		if o.Growth.External >= rise.Bytes/2 {
			fact += fmt.Sprintf(", most of it while %s ran: %s", o.Name, textfmt.SignedSize(o.Growth.External))
		} else {
			fact += fmt.Sprintf("; of %s that spans saw, %s came while %s ran", textfmt.Size(all), textfmt.Size(o.Growth.External), o.Name)
		}
	}
	return subject{name: name, fact: "Resident " + fact, grew: textfmt.SignedSize(rise.Bytes), suspectedSince: r.Process.ExternalSuspectedSince, weight: certain(rise)}
}

// outsideOperation is the operation while which most memory outside Go came, and what
// came while any ran; nil where none stands out. Short spans see a part of it: the
// resident set is not read for each of them.
func outsideOperation(r *report.Report) (most *report.Operation, all int64) {
	for i := range r.Operations {
		o := &r.Operations[i]
		all += o.Growth.External
		if most == nil || o.Growth.External > most.Growth.External {
			most = o
		}
	}
	enough := max(r.Process.ExternalRise.Bytes/leastOutsideShare, leastOutside)
	if most == nil || most.Growth.External < enough || most.Growth.External < all/2 {
		return nil, all
	}
	return most, all
}
