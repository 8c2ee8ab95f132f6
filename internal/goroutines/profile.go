package goroutines

import (
	"bytes"
	"runtime/pprof"

	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/pprofwire"
)

// profileDepth is how many frames of a stack a profile has at most, unless GODEBUG
// says otherwise.
const profileDepth = 128

// addProfile counts the goroutines of a profile of this process.
func (t *tally) addProfile(profile *pprof.Profile) error {
	var zipped bytes.Buffer
	if err := profile.WriteTo(&zipped, 0); err != nil {
		return err
	}
	each, err := pprofwire.TopFields(zipped.Bytes())
	if err != nil {
		return err
	}
	symbols := pprofwire.NewSymbols()
	if err := each(symbols.Add); err != nil {
		return err
	}
	return t.addSamples(each, symbols)
}

// addSamples counts the goroutines of a profile whose symbols are known: samples stand
// before the symbols that they refer to.
func (t *tally) addSamples(each func(func(pprofwire.Field) error) error, symbols *pprofwire.Symbols) error {
	frames := pprofwire.Frames(symbols, t.newFrame)
	var s stack
	return each(func(f pprofwire.Field) error {
		if f.Number != pprofwire.ProfileSample {
			return nil
		}
		return t.addSample(f.Bytes, symbols, frames, &s)
	})
}

// addSample counts the goroutines of one stack and one set of labels. s is used anew
// for each.
func (t *tally) addSample(sample []byte, symbols *pprofwire.Symbols, frames map[uint64][]frame, s *stack) error {
	s.frames = s.frames[:0]
	operation, count := "", 0
	err := pprofwire.EachField(sample, func(f pprofwire.Field) error {
		switch f.Number {
		case pprofwire.SampleLocation:
			return pprofwire.EachNumber(f, func(location uint64) {
				for i := range frames[location] {
					s.frames = append(s.frames, &frames[location][i])
				}
			})
		case pprofwire.SampleValue:
			return pprofwire.EachNumber(f, func(v uint64) { count += int(v) })
		}
		return nil
	})
	if err == nil {
		err = symbols.EachLabel(sample, func(key, value string) {
			if key == heaptag.OperationLabel {
				operation = value
			}
		})
	}
	if err != nil {
		return err
	}
	s.cut = len(s.frames) >= profileDepth
	t.add(operation, s, count)
	return nil
}
