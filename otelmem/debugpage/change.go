package debugpage

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/google/pprof/profile"

	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// What changes are told apart by.
const (
	byLine      = "line"
	byFunction  = "function"
	byOperation = "operation"
)

// place is a line, a function or an operation; Function is that of a line.
type place struct{ Name, Function string }

// change is what a place held before and after. Bytes.
type change struct {
	place
	From, To int64
}

// Change is by how much it grew; below 0 where it shrank.
func (c change) Change() int64 { return c.To - c.From }

// changes compares what was live in two profiles, the largest growth first.
func changes(base, current *profile.Profile, by string) []change {
	rows := make(map[place]*change)
	add := func(p *profile.Profile, bytes func(*change) *int64) {
		live := liveIndex(p)
		if live < 0 {
			return
		}
		for _, s := range p.Sample {
			if s.Value[live] == 0 {
				continue
			}
			at := placeOf(s, by)
			row := rows[at]
			if row == nil {
				row = &change{place: at}
				rows[at] = row
			}
			*bytes(row) += s.Value[live]
		}
	}
	add(base, func(c *change) *int64 { return &c.From })
	add(current, func(c *change) *int64 { return &c.To })
	all := make([]change, 0, len(rows))
	for _, row := range rows {
		all = append(all, *row)
	}
	slices.SortFunc(all, func(a, b change) int {
		return cmp.Or(cmp.Compare(b.Change(), a.Change()), cmp.Compare(b.To, a.To), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Function, b.Function))
	})
	return all
}

// liveIndex is where samples have the bytes in use; -1 for nowhere.
func liveIndex(p *profile.Profile) int {
	return slices.IndexFunc(p.SampleType, func(t *profile.ValueType) bool { return t.Type == "inuse_space" })
}

const (
	untagged = "(no tag)"
	runtime  = "(runtime and libraries)"
)

// placeOf is where a sample belongs: its operation, or the application's code nearest to
// the allocation, as in reports.
func placeOf(s *profile.Sample, by string) place {
	if by == byOperation {
		if operations := s.Label["operation"]; len(operations) > 0 {
			return place{Name: operations[0]}
		}
		return place{Name: untagged}
	}
	for _, location := range s.Location {
		for _, line := range location.Line {
			if line.Function == nil || !heaptag.IsApplication(line.Function.Name) {
				continue
			}
			if by == byFunction {
				return place{Name: line.Function.Name}
			}
			return place{Name: fmt.Sprintf("%s:%d", line.Function.Filename, line.Line), Function: line.Function.Name}
		}
	}
	return place{Name: runtime}
}
