package heaptag

import (
	"compress/gzip"
	"fmt"
	"io"
	"strings"
)

// Field numbers of profile.proto
// (https://github.com/google/pprof/blob/main/proto/profile.proto).
const (
	profileSample      = 2
	profileLocation    = 4
	profileFunction    = 5
	profileStringTable = 6

	sampleLocation = 1
	sampleLabel    = 3

	labelKey = 1
	labelStr = 2
	labelNum = 3

	locationID   = 1
	locationLine = 4

	lineFunction = 1
	lineLine     = 2

	functionID   = 1
	functionName = 2
)

// Layout names how tags lie in a profile's lines. A profile of another layout
// cannot be labelled by this program.
var Layout = fmt.Sprintf("lines %d+2n of %d tags", dispatchLine, tagCount)

// dispatchSuffix is how the function's full name ends.
const dispatchSuffix = "/heaptag.dispatch"

// Label copies a heap profile that runtime/pprof wrote, in gzip, from in to out.
// Samples below a tag get the labels "category" and "operation", and lose the
// tag's frame. in is read twice: it must be at its start.
//
// It works on files of other processes too, by line numbers: table are the tags
// of the process that wrote the profile, and the caller has compared its
// [Layout]. It holds one field at a time and some words for each location.
func Label(in io.ReadSeeker, out io.Writer, table []*Tag) error {
	found, err := scan(in)
	if err != nil {
		return fmt.Errorf("read the profile: %w", err)
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the profile again: %w", err)
	}
	zip := gzip.NewWriter(out)
	l := newLabeller(found, table)
	if err := l.copy(in, zip); err != nil {
		return fmt.Errorf("label the profile: %w", err)
	}
	if err := zip.Close(); err != nil {
		return fmt.Errorf("write the labelled profile: %w", err)
	}
	return nil
}

// scanned is what a first pass finds.
type scanned struct {
	tags    map[uint64]ID // by location id
	strings uint64        // number of them in the table
}

// scan finds the locations that are tags. Strings come last in a profile, so
// that functions and lines are remembered until their names are known.
func scan(in io.Reader) (*scanned, error) {
	var lines []tagLine
	names := make(map[uint64]uint64) // function id -> index of its name
	found := &scanned{tags: make(map[uint64]ID)}
	dispatchNames := make(map[uint64]bool)
	err := eachZippedField(in, func(f field) error {
		switch f.number {
		case profileStringTable:
			if strings.HasSuffix(string(f.bytes), dispatchSuffix) {
				dispatchNames[found.strings] = true
			}
			found.strings++
		case profileFunction:
			id, name, _, err := readFunction(f.bytes)
			names[id] = name
			return err
		case profileLocation:
			id, of, err := readLocation(f.bytes)
			for _, l := range of {
				lines = append(lines, tagLine{id, l})
			}
			return err
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		if !dispatchNames[names[l.function]] {
			continue
		}
		id, ok := tagAtLine(l.line)
		if !ok {
			return nil, fmt.Errorf("line %d of %s is no tag's: the profile is of another version", l.line, dispatchSuffix[1:])
		}
		found.tags[l.location] = id
	}
	return found, nil
}

// tagLine is a line of a location.
type tagLine struct {
	location uint64
	symbolLine
}

// labeller writes the second pass.
type labeller struct {
	*scanned
	table []*Tag
	// added are the strings that come after those of the profile.
	added   []string
	indexes map[string]uint64
	sample  []byte
	out     []byte
}

func newLabeller(found *scanned, table []*Tag) *labeller {
	return &labeller{scanned: found, table: table, indexes: make(map[string]uint64)}
}

func (l *labeller) copy(in io.Reader, out io.Writer) error {
	err := eachZippedField(in, func(f field) (err error) {
		if f.number == profileSample && !f.isNumber {
			if f.bytes, err = l.label(f.bytes); err != nil {
				return err
			}
		}
		l.out = appendField(l.out[:0], f)
		_, err = out.Write(l.out)
		return err
	})
	if err != nil {
		return err
	}
	return l.writeStrings(out)
}

// label rewrites a sample. The first tag from the allocation outwards wins; the
// frames of all are left out.
func (l *labeller) label(sample []byte) ([]byte, error) {
	l.sample = l.sample[:0]
	var id ID
	err := eachField(sample, func(f field) error {
		if f.number != sampleLocation {
			l.sample = appendField(l.sample, f)
			return nil
		}
		return eachNumber(f, func(location uint64) {
			tag, ok := l.tags[location]
			switch {
			case !ok:
				l.sample = appendNumber(l.sample, sampleLocation, location)
			case id == 0:
				id = tag
			}
		})
	})
	if err != nil {
		return nil, err
	}
	if id != 0 && int(id) < len(l.table) {
		tag := l.table[id]
		for _, label := range [...][2]string{{"category", tag.Category}, {"operation", tag.Operation}} {
			message := appendNumber(nil, labelKey, l.index(label[0]))
			message = appendNumber(message, labelStr, l.index(label[1]))
			l.sample = appendBytes(l.sample, sampleLabel, message)
		}
	}
	return l.sample, nil
}

// index is where a string will stand in the table.
func (l *labeller) index(s string) uint64 {
	i, ok := l.indexes[s]
	if !ok {
		i = l.strings + uint64(len(l.added))
		l.indexes[s] = i
		l.added = append(l.added, s)
	}
	return i
}

func (l *labeller) writeStrings(out io.Writer) error {
	for _, s := range l.added {
		if _, err := out.Write(appendBytes(nil, profileStringTable, []byte(s))); err != nil {
			return err
		}
	}
	return nil
}
