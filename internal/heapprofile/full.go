package heapprofile

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"runtime/pprof"
)

// Values of a sample in a heap profile: unsampled counts and bytes.
const (
	allocObjects = iota
	allocBytes
	liveObjects
	liveBytes
	valueCount
)

// addFullProfile reads the profile that runtime/pprof writes, whose stacks are
// four times as deep as the records', or more by GODEBUG=profstackdepth. It reads
// it twice, since samples come before what their numbers mean.
func (all sums) addFullProfile(owners Owners, rate, depth int) error {
	var zipped bytes.Buffer
	if err := pprof.Lookup("heap").WriteTo(&zipped, 0); err != nil {
		return fmt.Errorf("read the heap profile: %w", err)
	}
	t := &symbols{functions: make(map[uint64][2]uint64), locations: make(map[uint64][]symbolLine)}
	each, err := topFields(zipped.Bytes())
	if err != nil {
		return fmt.Errorf("read the heap profile: %w", err)
	}
	if err := each(t.add); err != nil {
		return fmt.Errorf("read the heap profile's symbols: %w", err)
	}
	stacks := t.frames(owners)
	err = each(func(f field) error {
		if f.number != profileSample {
			return nil
		}
		return all.addSample(f.bytes, stacks, depth, rate)
	})
	if err != nil {
		return fmt.Errorf("read the heap profile's samples: %w", err)
	}
	return nil
}

// inflatedMax is up to what size, in bytes, a profile is inflated once and kept
// while it is read; larger ones are inflated twice, a field at a time. 25,000
// stacks of 20 frames have about 2 MiB.
const inflatedMax = 6 << 20

// topFields returns a function that goes through the profile's fields.
func topFields(zipped []byte) (func(func(field) error) error, error) {
	streamed := func(f func(field) error) error { return eachZippedField(bytes.NewReader(zipped), f) }
	if len(zipped) < 4 {
		return streamed, nil
	}
	// A gzip file ends with its inflated size (RFC 1952, 2.3.1).
	size := binary.LittleEndian.Uint32(zipped[len(zipped)-4:])
	if size > inflatedMax {
		return streamed, nil
	}
	in, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		return nil, err
	}
	plain := make([]byte, size)
	if _, err := io.ReadFull(in, plain); err != nil {
		return nil, err
	}
	return func(f func(field) error) error { return eachField(plain, f) }, nil
}

// addSample adds a sample. Its values are unsampled already; the number of
// objects that were really sampled, which the error depends on, follows from
// them.
func (all sums) addSample(sample []byte, stacks map[uint64][]frame, depth, rate int) error {
	var p place
	var values [valueCount]float64
	n, height := 0, 0
	size := 0.0 // of each object: pprof's label "bytes"
	err := eachField(sample, func(f field) error {
		switch f.number {
		case sampleLocation:
			return eachNumber(f, func(location uint64) {
				frames := stacks[location]
				for i := range frames {
					p.add(&frames[i])
				}
				height += len(frames)
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
		// From bytes and the size, not from the count: pprof cuts counts off to
		// whole objects, which makes much of one object near the rate.
		variance = varianceOf(values[liveBytes], size, rate)
	}
	all.add(&p, p.id == 0 && cutOff(height, depth, p.outermost == mainFunction), values[liveBytes], variance, values[allocBytes])
	return nil
}
