package heaptag

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"strconv"
	"strings"
)

// Field numbers of profile.proto, beside those of label.go.
const (
	sampleValue  = 2
	functionFile = 4
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

// symbols are what the numbers of a profile mean.
type symbols struct {
	strings   []string
	functions map[uint64][2]uint64 // id -> indexes of name and file
	locations map[uint64][]symbolLine
}

type symbolLine struct{ function, line uint64 }

func (t *symbols) add(f field) error {
	switch f.number {
	case profileStringTable:
		t.strings = append(t.strings, string(f.bytes))
	case profileFunction:
		id, name, file, err := readFunction(f.bytes)
		t.functions[id] = [2]uint64{name, file}
		return err
	case profileLocation:
		id, lines, err := readLocation(f.bytes)
		t.locations[id] = lines
		return err
	}
	return nil
}

// readFunction returns the indexes of a function's name and file.
func readFunction(message []byte) (id, name, file uint64, err error) {
	err = eachField(message, func(f field) error {
		switch f.number {
		case functionID:
			id = f.value
		case functionName:
			name = f.value
		case functionFile:
			file = f.value
		}
		return nil
	})
	return id, name, file, err
}

// readLocation returns a location's lines, the innermost first.
func readLocation(message []byte) (id uint64, lines []symbolLine, err error) {
	err = eachField(message, func(f field) error {
		switch f.number {
		case locationID:
			id = f.value
		case locationLine:
			var l symbolLine
			err := eachField(f.bytes, func(f field) error {
				switch f.number {
				case lineFunction:
					l.function = f.value
				case lineLine:
					l.line = f.value
				}
				return nil
			})
			lines = append(lines, l)
			return err
		}
		return nil
	})
	return id, lines, err
}

// frames resolves every location once.
func (t *symbols) frames(owners Owners) map[uint64][]frame {
	text := func(i uint64) string {
		if i < uint64(len(t.strings)) {
			return t.strings[i]
		}
		return ""
	}
	all := make(map[uint64][]frame, len(t.locations))
	for id, lines := range t.locations {
		frames := make([]frame, len(lines))
		for i, l := range lines {
			name := t.functions[l.function]
			frames[i] = owners.newFrame(text(name[0]), text(name[1]), int(l.line))
		}
		all[id] = frames
	}
	return all
}

// tagAtLine is the tag whose call stands at a line of dispatch.
func tagAtLine(line uint64) (ID, bool) {
	offset := line - dispatchLine
	if line < dispatchLine || offset%2 != 0 || offset/2 >= tagCount {
		return 0, false
	}
	return ID(offset / 2), true
}

// hiddenFrames is how many frames runtime/pprof may leave out at the leaf of a
// stack, where the runtime allocates: a map that grows has about twelve. The
// runtime cuts stacks off before they are left out.
const hiddenFrames = 16

// cutOff says whether a stack of the full profile may go on beyond its outermost
// frame, as the main goroutine's does not. Another goroutine's whole stack of that
// height may be taken for one that was cut off; never the other way round.
func cutOff(height, depth int, main bool) bool {
	return !main && height >= max(depth-hiddenFrames, depth/2)
}

// mainFunction is the outermost of the main goroutine.
const mainFunction = "runtime.main"

// startDebug is GODEBUG as the runtime saw it: it reads profstackdepth once.
var startDebug = os.Getenv("GODEBUG")

// stackDepth is how many frames the runtime keeps of a stack: 128, or what
// GODEBUG=profstackdepth says, 1,024 at most (runtime's extern.go). With 0 it
// samples nothing.
func stackDepth() int {
	depth := 128
	for setting := range strings.SplitSeq(startDebug, ",") {
		if value, ok := strings.CutPrefix(setting, "profstackdepth="); ok {
			if n, err := strconv.Atoi(value); err == nil && n >= 0 {
				depth = min(n, 1024)
			}
		}
	}
	return depth
}
