package compare

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/google/pprof/profile"
)

// Key says what a row stands for.
type Key string

const (
	// Operation is one row per value of the label "operation". Without that label, one
	// per outermost function of the application.
	Operation Key = "operation"
	// Function is one row per innermost function of the application.
	Function Key = "function"
	// Line is one row per innermost line of the application.
	Line Key = "line"
)

// Keys returns all keys.
func Keys() []Key { return []Key{Operation, Function, Line} }

// Row is what one operation, function or line has in use. Sizes are in bytes.
type Row struct {
	// Name is the operation or the function.
	Name string `json:"name"`
	// Category is that of the operation; empty by function and by line.
	Category string `json:"category,omitempty"`
	// File and Line are the place in the source, as the compiler recorded it; both
	// are empty by operation, and Line is 0 by function.
	File string `json:"file,omitempty"`
	Line int64  `json:"line,omitempty"`

	Base  int64 `json:"base"`
	Now   int64 `json:"now"`
	Delta int64 `json:"delta"`

	BaseObjects  int64 `json:"baseObjects"`
	NowObjects   int64 `json:"nowObjects"`
	DeltaObjects int64 `json:"deltaObjects"`
}

// Rows compares what is in use in two heap profiles. Rows are sorted by growth, the
// largest first, then by name. If base is nil, Delta is Now. What has no bytes and no
// objects in either profile has no row.
func Rows(base, current *profile.Profile, by Key) ([]Row, error) {
	if !slices.Contains(Keys(), by) {
		return nil, fmt.Errorf("compare by %q: want one of %q", by, Keys())
	}
	if current == nil {
		return nil, errors.New("compare heap profiles: got none, want the current one")
	}
	all := make(table)
	owners := codeOf(base, current)
	if base != nil {
		if err := all.add(base, owners, by, addBase); err != nil {
			return nil, fmt.Errorf("compare heap profiles: the base: %w", err)
		}
	}
	if err := all.add(current, owners, by, addNow); err != nil {
		return nil, fmt.Errorf("compare heap profiles: the current one: %w", err)
	}
	return all.rows(), nil
}

// Sum is the sum of rows; it has no name.
func Sum(rows []Row) Row {
	var sum Row
	for i := range rows {
		addBase(&sum, rows[i].Base, rows[i].BaseObjects)
		addNow(&sum, rows[i].Now, rows[i].NowObjects)
	}
	sum.setDeltas()
	return sum
}

// identity identifies a row. Fields that the key does not need are empty.
type identity struct {
	name, category, file string
	line                 int64
}

type table map[identity]*Row

func (t table) add(p *profile.Profile, owners code, by Key, to func(*Row, int64, int64)) error {
	values, err := valuesOf(p)
	if err != nil {
		return err
	}
	for _, s := range p.Sample {
		bytes, objects := s.Value[values.bytes], s.Value[values.objects]
		if bytes == 0 && objects == 0 {
			continue
		}
		id := identify(s, owners, by)
		row := t[id]
		if row == nil {
			row = &Row{Name: id.name, Category: id.category, File: id.file, Line: id.line}
			t[id] = row
		}
		to(row, bytes, objects)
	}
	return nil
}

func addBase(r *Row, bytes, objects int64) {
	r.Base, r.BaseObjects = plus(r.Base, bytes), plus(r.BaseObjects, objects)
}

func addNow(r *Row, bytes, objects int64) {
	r.Now, r.NowObjects = plus(r.Now, bytes), plus(r.NowObjects, objects)
}

func (r *Row) setDeltas() {
	r.Delta, r.DeltaObjects = plus(r.Now, -r.Base), plus(r.NowObjects, -r.BaseObjects)
}

// plus adds, and stops at the largest number of either sign: a file can contain any
// numbers.
func plus(a, b int64) int64 {
	switch {
	case b > 0 && a > math.MaxInt64-b:
		return math.MaxInt64
	case b < 0 && a < -math.MaxInt64-b:
		return -math.MaxInt64
	default:
		return a + b
	}
}

func (t table) rows() []Row {
	rows := make([]Row, 0, len(t))
	for _, row := range t {
		row.setDeltas()
		rows = append(rows, *row)
	}
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.Delta, a.Delta), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Category, b.Category),
			cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return rows
}

// identify returns the row that a sample belongs to.
func identify(s *profile.Sample, owners code, by Key) identity {
	innermost, outermost, ok := sites(s, owners)
	switch {
	case by == Operation && len(s.Label["operation"]) > 0:
		id := identity{name: s.Label["operation"][0]}
		if category := s.Label["category"]; len(category) > 0 {
			id.category = category[0]
		}
		return id
	case by == Operation && ok:
		return identity{name: outermost.function, category: untagged}
	case by == Operation:
		return identity{name: librariesOnly, category: untagged}
	case !ok:
		return identity{name: librariesOnly}
	case by == Function:
		return identity{name: innermost.function, file: innermost.file}
	default:
		return identity{name: innermost.function, file: innermost.file, line: innermost.line}
	}
}
