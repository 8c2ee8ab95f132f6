package heaptag

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
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
func (all sums) addFullProfile(rate int) error {
	var zipped bytes.Buffer
	if err := pprof.Lookup("heap").WriteTo(&zipped, 0); err != nil {
		return fmt.Errorf("read the heap profile: %w", err)
	}
	t := &symbols{functions: make(map[uint64][2]uint64), locations: make(map[uint64][]symbolLine)}
	if err := eachTopField(zipped.Bytes(), t.add); err != nil {
		return fmt.Errorf("read the heap profile's symbols: %w", err)
	}
	depth := stackDepth()
	stacks := t.frames()
	err := eachTopField(zipped.Bytes(), func(f field) error {
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

func eachTopField(zipped []byte, f func(field) error) error {
	plain, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		return err
	}
	reader := fieldReader{r: bufio.NewReader(plain)}
	for {
		fd, err := reader.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := f(fd); err != nil {
			return err
		}
	}
}

// addSample adds a sample. Its values are unsampled already; the number of
// objects that were really sampled, which the error depends on, follows from
// them.
func (all sums) addSample(sample []byte, stacks map[uint64][]frame, depth, rate int) error {
	var p place
	var values [valueCount]float64
	n, height := 0, 0
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
		}
		return nil
	})
	if err != nil {
		return err
	}
	variance := 0.0
	if values[liveObjects] > 0 && rate > 1 {
		size := values[liveBytes] / values[liveObjects]
		chance := -math.Expm1(-size / float64(rate))
		variance = values[liveObjects] * size * size * (1 - chance) / chance
	}
	all.add(&p, p.id == 0 && height >= depth, values[liveBytes], variance, values[allocBytes])
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
		var id uint64
		var name [2]uint64
		err := eachField(f.bytes, func(f field) error {
			switch f.number {
			case functionID:
				id = f.value
			case functionName:
				name[0] = f.value
			case functionFile:
				name[1] = f.value
			}
			return nil
		})
		t.functions[id] = name
		return err
	case profileLocation:
		id, lines, err := readLocation(f.bytes)
		t.locations[id] = lines
		return err
	}
	return nil
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
func (t *symbols) frames() map[uint64][]frame {
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
			function := text(name[0])
			frames[i] = frame{application: IsApplication(function), site: Site{function, text(name[1]), int(l.line)}}
			if strings.HasSuffix(function, dispatchSuffix) {
				frames[i].id, _ = tagAtLine(l.line)
			}
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

// stackDepth is how many frames the runtime keeps of a stack: 128, or what
// GODEBUG=profstackdepth says, 1,024 at most (runtime's extern.go).
func stackDepth() int {
	depth := 128
	for setting := range strings.SplitSeq(os.Getenv("GODEBUG"), ",") {
		if value, ok := strings.CutPrefix(setting, "profstackdepth="); ok {
			if n, err := strconv.Atoi(value); err == nil && n > 0 {
				depth = min(n, 1024)
			}
		}
	}
	return depth
}
