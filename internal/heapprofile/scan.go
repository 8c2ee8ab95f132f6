package heapprofile

import (
	"cmp"
	"fmt"
	"io"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/pprofwire"
)

// scanned is what the first pass of labelling finds out.
type scanned struct {
	// locations are by id. Where no function has an owner, only those with a tag are
	// in it.
	locations map[uint64]stackPart
	strings   uint64 // number of entries in the string table
}

// stackPart is what a run of adjacent frames says about whose memory a stack is.
type stackPart struct {
	tag    heaptag.ID // the innermost; 0 for none
	owner  *Owner     // of the innermost function that has one
	height int        // in frames, inlined ones included
	main   bool       // its outermost frame is the main goroutine's
}

// then returns p continued by the part outside it.
func (p stackPart) then(outer stackPart) stackPart {
	return stackPart{
		tag:    cmp.Or(p.tag, outer.tag),
		owner:  cmp.Or(p.owner, outer.owner),
		height: p.height + outer.height,
		main:   outer.main,
	}
}

// scan reads what each location contributes. Function names come last in a profile,
// so functions and lines are kept until then.
func scan(in io.Reader, dispatch string, functions map[string]Owner) (*scanned, error) {
	var lines []locationLineOf
	names := make(map[uint64]uint64) // function id -> index of its name
	found := &scanned{locations: make(map[uint64]stackPart)}
	byName := make(map[uint64]stackPart) // by the index of a function's name
	err := pprofwire.EachZippedField(in, func(f pprofwire.Field) error {
		switch f.Number {
		case pprofwire.ProfileStringTable:
			if part, ok := partOf(string(f.Bytes), dispatch, functions); ok {
				byName[found.strings] = part
			}
			found.strings++
		case pprofwire.ProfileFunction:
			id, name, _, err := pprofwire.ReadFunction(f.Bytes)
			names[id] = name
			return err
		case pprofwire.ProfileLocation:
			id, at, err := pprofwire.ReadLocation(f.Bytes)
			for _, l := range at.Lines {
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
		part := byName[names[l.line.Function]]
		part.height = 1
		switch {
		case part.tag != 0:
			var ok bool
			if part.tag, ok = heaptag.AtLine(int(l.line.Line)); !ok {
				return nil, fmt.Errorf("line %d of heaptag.dispatch belongs to no tag: the profile is of another version", l.line.Line)
			}
		case len(functions) == 0:
			continue
		}
		found.locations[l.location] = found.locations[l.location].then(part)
	}
	return found, nil
}

// locationLineOf is a line and the id of its location.
type locationLineOf struct {
	location uint64
	line     pprofwire.Line
}

// partOf is what a function contributes by its name; ok is false where that is
// nothing. A tag is not known by the name alone: any non-zero one stands for it
// until the line is known.
func partOf(function, dispatch string, functions map[string]Owner) (part stackPart, ok bool) {
	switch {
	case function == dispatch:
		return stackPart{tag: heaptag.OverflowID}, true
	case len(functions) == 0:
		return stackPart{}, false
	case function == mainFunction:
		return stackPart{main: true}, true
	}
	owner, ok := functions[appframe.ShortName(function)]
	return stackPart{owner: &owner}, ok
}
