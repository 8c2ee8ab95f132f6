package heapprofile

import (
	"cmp"
	"fmt"
	"io"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// scanned is what a first pass finds.
type scanned struct {
	// locations are by their id; where no function has an owner, tags only.
	locations map[uint64]stretch
	strings   uint64 // number of them in the table
}

// stretch is what a part of a stack says.
type stretch struct {
	id     heaptag.ID // of the innermost tag
	owner  *Owner     // of the innermost function that has one
	height int        // in frames: inlined ones count
	main   bool       // it ends with the main goroutine's outermost frame
}

// below is s with another stretch outside it.
func (s stretch) below(outer stretch) stretch {
	return stretch{
		id:     cmp.Or(s.id, outer.id),
		owner:  cmp.Or(s.owner, outer.owner),
		height: s.height + outer.height,
		main:   outer.main,
	}
}

// scan finds what locations say. Strings come last in a profile, so that functions
// and lines are remembered until their names are known.
func scan(in io.Reader, functions map[string]Owner) (*scanned, error) {
	var lines []locationLineOf
	names := make(map[uint64]uint64) // function id -> index of its name
	found := &scanned{locations: make(map[uint64]stretch)}
	told := make(map[uint64]stretch) // by index of a function's name
	err := eachZippedField(in, func(f field) error {
		switch f.number {
		case profileStringTable:
			if s, ok := tell(string(f.bytes), functions); ok {
				told[found.strings] = s
			}
			found.strings++
		case profileFunction:
			id, name, _, err := readFunction(f.bytes)
			names[id] = name
			return err
		case profileLocation:
			id, of, err := readLocation(f.bytes)
			for _, l := range of {
				lines = append(lines, locationLineOf{id, l})
			}
			return err
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		frame := told[names[l.function]]
		frame.height = 1
		switch {
		case frame.id != 0:
			var ok bool
			if frame.id, ok = heaptag.AtLine(int(l.line)); !ok {
				return nil, fmt.Errorf("line %d of %s is no tag's: the profile is of another version", l.line, "heaptag.dispatch")
			}
		case len(functions) == 0:
			continue
		}
		found.locations[l.location] = found.locations[l.location].below(frame)
	}
	return found, nil
}

// locationLineOf is a line, and the location that it is of.
type locationLineOf struct {
	location uint64
	symbolLine
}

// tell is what a function's name says, if anything. Which tag it is, only the line
// says.
func tell(function string, functions map[string]Owner) (s stretch, ok bool) {
	switch {
	case heaptag.IsDispatch(function):
		return stretch{id: heaptag.OverflowID}, true
	case len(functions) == 0:
		return stretch{}, false
	case function == mainFunction:
		return stretch{main: true}, true
	}
	owner, ok := functions[appframe.ShortName(function)]
	return stretch{owner: &owner}, ok
}
