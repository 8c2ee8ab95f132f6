package heapprofile

import (
	"bytes"
	"fmt"
	"runtime/pprof"

	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/pprofwire"
)

// Indexes of a sample's values in a heap profile. Counts and bytes are estimates of
// all objects, sampled or not.
const (
	allocObjects = iota
	allocBytes
	liveObjects
	liveBytes
	valueCount
)

// addFullProfile adds the profile up that runtime/pprof writes. Its stacks are four
// times as deep as the records', or deeper by GODEBUG=profstackdepth. It goes through
// it twice, because samples stand before the symbols that they refer to.
func (all *sums) addFullProfile(tags map[uintptr]heaptag.ID, owners Owners, rate, depth int) error {
	var zipped bytes.Buffer
	if err := pprof.Lookup("heap").WriteTo(&zipped, 0); err != nil {
		return fmt.Errorf("read the heap profile: %w", err)
	}
	each, err := pprofwire.TopFields(zipped.Bytes())
	if err != nil {
		return fmt.Errorf("read the heap profile: %w", err)
	}
	symbols := pprofwire.NewSymbols()
	if err := each(symbols.Add); err != nil {
		return fmt.Errorf("read the heap profile's symbols: %w", err)
	}
	frames := pprofwire.Frames(symbols, owners.newFrame)
	for id, address := range symbols.Addresses() {
		// The address is that of the outermost line where none was inlined.
		if tag, ok := tags[uintptr(address+1)]; ok && len(frames[id]) > 0 {
			frames[id][len(frames[id])-1].tag = tag
		}
	}
	err = each(func(f pprofwire.Field) error {
		if f.Number != pprofwire.ProfileSample {
			return nil
		}
		return all.addSample(f.Bytes, frames, depth, rate)
	})
	if err != nil {
		return fmt.Errorf("read the heap profile's samples: %w", err)
	}
	return nil
}

// addSample adds a sample, whose frames are given by location. Its values are
// estimates already; the number of objects that were really sampled, on which the
// variance depends, follows from them.
func (all *sums) addSample(sample []byte, frames map[uint64][]frame, depth, rate int) error {
	var stack attributedStack
	var values [valueCount]float64
	n, height := 0, 0
	size := 0.0 // of each object: pprof's label "bytes"
	err := pprofwire.EachField(sample, func(f pprofwire.Field) error {
		switch f.Number {
		case pprofwire.SampleLocation:
			return pprofwire.EachNumber(f, func(location uint64) {
				inlined := frames[location]
				for i := range inlined {
					stack.add(&inlined[i])
				}
				height += len(inlined)
			})
		case pprofwire.SampleValue:
			return pprofwire.EachNumber(f, func(v uint64) {
				if n < valueCount {
					values[n] = float64(int64(v))
					n++
				}
			})
		case pprofwire.SampleLabel:
			return pprofwire.EachField(f.Bytes, func(f pprofwire.Field) error {
				if f.Number == pprofwire.LabelNum {
					size = float64(int64(f.Value))
				}
				return nil
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	variance := 0.0
	if values[liveBytes] > 0 && size > 0 {
		// From bytes and the size, not from the count: pprof rounds counts down to
		// whole objects, a large error for one object whose size is near the rate.
		variance = varianceOf(values[liveBytes], size, rate)
	}
	cut := stack.tag == 0 && cutOff(height, depth, stack.outermost == mainFunction)
	all.add(&stack, cut, values[liveBytes], variance, values[allocBytes])
	return nil
}
