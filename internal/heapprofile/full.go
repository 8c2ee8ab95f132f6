package heapprofile

import (
	"bytes"
	"fmt"
	"runtime/pprof"

	"github.com/otelmem/otelmem-go/internal/heaptag"
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
	each, err := topFields(zipped.Bytes())
	if err != nil {
		return fmt.Errorf("read the heap profile: %w", err)
	}
	symbols := newSymbols()
	if err := each(symbols.add); err != nil {
		return fmt.Errorf("read the heap profile's symbols: %w", err)
	}
	frames := symbols.frames(tags, owners)
	err = each(func(f field) error {
		if f.number != profileSample {
			return nil
		}
		return all.addSample(f.bytes, frames, depth, rate)
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
	err := eachField(sample, func(f field) error {
		switch f.number {
		case sampleLocation:
			return eachNumber(f, func(location uint64) {
				inlined := frames[location]
				for i := range inlined {
					stack.add(&inlined[i])
				}
				height += len(inlined)
			})
		case sampleValue:
			return eachNumber(f, func(v uint64) {
				if n < valueCount {
					values[n] = float64(int64(v))
					n++
				}
			})
		case sampleLabel:
			return eachField(f.bytes, func(f field) error {
				if f.number == labelNum {
					size = float64(int64(f.value))
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
