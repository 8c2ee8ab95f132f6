package heapprofile

import (
	"compress/gzip"
	"fmt"
	"io"

	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/pprofwire"
)

// categoryLabel is the label of an operation's category.
const categoryLabel = "category"

// AttributionLabel is the label of samples whose operation does not come from a tag;
// AttributionLearned is its only value.
const (
	AttributionLabel   = "attribution"
	AttributionLearned = "learned"
)

// Label copies a compressed heap profile of runtime/pprof from in to out. Samples
// with a tag get the labels "category" and "operation", and lose the tag's frame.
// Samples without one get them from the innermost function that has an owner, as in
// [Read], and the label "attribution" with the value "learned". Samples that have
// text labels already are copied. in is read twice and must be at its start.
//
// It recognizes tags by line number and so works on files of other processes; table
// is that of the process that wrote the profile. In memory it holds one field at a
// time and some words per location.
func Label(in io.ReadSeeker, out io.Writer, table Table) error {
	if err := table.check(); err != nil {
		return err
	}
	found, err := scan(in, table.Dispatch, table.Functions)
	if err != nil {
		return fmt.Errorf("read the profile: %w", err)
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the profile again: %w", err)
	}
	zip := gzip.NewWriter(out)
	l := &labeller{scanned: found, table: table, indexes: make(map[string]uint64)}
	if err := l.copy(in, zip); err != nil {
		return fmt.Errorf("label the profile: %w", err)
	}
	if err := zip.Close(); err != nil {
		return fmt.Errorf("write the labelled profile: %w", err)
	}
	return nil
}

// labeller does the second pass: it copies the profile and rewrites its samples.
type labeller struct {
	*scanned
	table Table
	// added are the strings to be appended to the profile's table.
	added   []string
	indexes map[string]uint64
	sample  []byte
	out     []byte
}

func (l *labeller) copy(in io.Reader, out io.Writer) error {
	err := pprofwire.EachZippedField(in, func(f pprofwire.Field) (err error) {
		if f.Number == pprofwire.ProfileSample && !f.IsNumber {
			if f.Bytes, err = l.label(f.Bytes); err != nil {
				return err
			}
		}
		l.out = pprofwire.AppendField(l.out[:0], f)
		_, err = out.Write(l.out)
		return err
	})
	if err != nil {
		return err
	}
	return l.writeStrings(out)
}

// label rewrites a sample without the frames of tags. The result is valid until the
// next call.
func (l *labeller) label(sample []byte) ([]byte, error) {
	l.sample = l.sample[:0]
	var stack stackPart
	labelled := false
	err := pprofwire.EachField(sample, func(f pprofwire.Field) error {
		switch f.Number {
		case pprofwire.SampleLocation:
			return pprofwire.EachNumber(f, func(id uint64) {
				at := l.locations[id]
				stack = stack.then(at)
				if at.tag == 0 {
					l.sample = pprofwire.AppendNumber(l.sample, pprofwire.SampleLocation, id)
				}
			})
		case pprofwire.SampleLabel:
			// pprof's own label, the size of an object, is a number, not a text.
			err := pprofwire.EachField(f.Bytes, func(f pprofwire.Field) error {
				labelled = labelled || f.Number == pprofwire.LabelStr
				return nil
			})
			if err != nil {
				return err
			}
		}
		l.sample = pprofwire.AppendField(l.sample, f)
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case labelled:
	case stack.tag != 0:
		if int(stack.tag) < len(l.table.Tags) {
			tag := l.table.Tags[stack.tag]
			l.add(categoryLabel, tag.Category)
			l.add(heaptag.OperationLabel, tag.Operation)
		}
	case stack.owner != nil && !cutOff(stack.height, l.table.StackDepth, stack.main):
		l.add(categoryLabel, stack.owner.Category)
		l.add(heaptag.OperationLabel, stack.owner.Operation)
		l.add(AttributionLabel, AttributionLearned)
	}
	return l.sample, nil
}

// add gives the sample a label.
func (l *labeller) add(key, value string) {
	message := pprofwire.AppendNumber(nil, pprofwire.LabelKey, l.index(key))
	message = pprofwire.AppendNumber(message, pprofwire.LabelStr, l.index(value))
	l.sample = pprofwire.AppendBytes(l.sample, pprofwire.SampleLabel, message)
}

// index is where a string will stand in the profile's table.
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
		if _, err := out.Write(pprofwire.AppendBytes(nil, pprofwire.ProfileStringTable, []byte(s))); err != nil {
			return err
		}
	}
	return nil
}
