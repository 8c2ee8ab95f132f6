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

// maxValues is how many values of a sample are looked at: other tools add some.
const maxValues = 8

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
	// A tag's frame is known by its return address, as in [frames], where the address is
	// one of this process. That in a profile is the call's, one before it, and of the
	// outermost line where some were inlined.
	for id, lines := range frames {
		if tag, ok := tags[uintptr(symbols.Address(id)+1)]; ok && len(lines) > 0 {
			lines[len(lines)-1].tag = tag
		}
	}
	samples := samples{frames: frames, values: inOrder, depth: depth, rate: rate}
	err = each(func(f pprofwire.Field) error {
		if f.Number != pprofwire.ProfileSample {
			return nil
		}
		return all.addSample(f.Bytes, &samples)
	})
	if err != nil {
		return fmt.Errorf("read the heap profile's samples: %w", err)
	}
	return nil
}

// samples are what it takes to understand the samples of a profile.
type samples struct {
	frames map[uint64][]frame // by location
	// values are the indexes of a sample's values, by what they mean.
	values [valueCount]int
	// symbols are for the labels; nil where those that say an operation are not looked
	// for.
	symbols *pprofwire.Symbols
	// depth is how many frames of a stack are known at most, 0 where that does not
	// matter; rate is the sampling rate in bytes.
	depth, rate int
}

// inOrder are the indexes of values in a profile of runtime/pprof.
var inOrder = [valueCount]int{allocObjects, allocBytes, liveObjects, liveBytes}

// addSample adds a sample. Its values are estimates already; the number of objects
// that were really sampled, on which the variance depends, follows from them.
func (all *sums) addSample(sample []byte, in *samples) error {
	var stack attributedStack
	var values [maxValues]float64
	n, height := 0, 0
	size := 0.0 // of each object: pprof's label "bytes"
	err := pprofwire.EachField(sample, func(f pprofwire.Field) error {
		switch f.Number {
		case pprofwire.SampleLocation:
			return pprofwire.EachNumber(f, func(location uint64) {
				inlined := in.frames[location]
				for i := range inlined {
					stack.add(&inlined[i])
				}
				height += len(inlined)
			})
		case pprofwire.SampleValue:
			return pprofwire.EachNumber(f, func(v uint64) {
				if n < len(values) {
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
	if err == nil && in.symbols != nil {
		err = stack.addLabels(sample, in.symbols)
	}
	if err != nil {
		return err
	}
	live, allocated := values[in.values[liveBytes]], values[in.values[allocBytes]]
	variance := 0.0
	if live > 0 && size > 0 {
		// From bytes and the size, not from the count: pprof rounds counts down to
		// whole objects, a large error for one object whose size is near the rate.
		variance = varianceOf(live, size, in.rate)
	}
	cut := in.depth > 0 && stack.tag == 0 && cutOff(height, in.depth, stack.outermost == mainFunction)
	all.add(&stack, cut, live, variance, allocated)
	return nil
}
