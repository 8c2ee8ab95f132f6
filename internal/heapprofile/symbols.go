package heapprofile

import "github.com/otelmem/otelmem-go/internal/heaptag"

// symbols are the tables of a profile that its samples refer to by number.
type symbols struct {
	strings   []string
	functions map[uint64][2]uint64 // id -> indexes of name and file
	locations map[uint64]location
}

// location is an address of the program and its lines, the innermost first.
type location struct {
	address uint64
	lines   []symbolLine
}

// symbolLine is a line within a function, which is given by its id.
type symbolLine struct{ function, line uint64 }

func newSymbols() *symbols {
	return &symbols{functions: make(map[uint64][2]uint64), locations: make(map[uint64]location)}
}

// add takes a field of the profile's outer message in.
func (s *symbols) add(f field) error {
	switch f.number {
	case profileStringTable:
		s.strings = append(s.strings, string(f.bytes))
	case profileFunction:
		id, name, file, err := readFunction(f.bytes)
		s.functions[id] = [2]uint64{name, file}
		return err
	case profileLocation:
		id, at, err := readLocation(f.bytes)
		s.locations[id] = at
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

func readLocation(message []byte) (id uint64, at location, err error) {
	err = eachField(message, func(f field) error {
		switch f.number {
		case locationID:
			id = f.value
		case locationAddress:
			at.address = f.value
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
			at.lines = append(at.lines, l)
			return err
		}
		return nil
	})
	return id, at, err
}

// frames returns the frames of each location, the innermost first. Tags are known by
// return address, as in [frames], where the address is one of this process.
func (s *symbols) frames(tags map[uintptr]heaptag.ID, owners Owners) map[uint64][]frame {
	text := func(i uint64) string {
		if i < uint64(len(s.strings)) {
			return s.strings[i]
		}
		return ""
	}
	all := make(map[uint64][]frame, len(s.locations))
	for id, at := range s.locations {
		frames := make([]frame, len(at.lines))
		for i, l := range at.lines {
			name := s.functions[l.function]
			frames[i] = owners.newFrame(text(name[0]), text(name[1]), int(l.line))
		}
		// An address in a profile is the call's, one before the return address. It is
		// that of the outermost line where none was inlined.
		if tag, ok := tags[uintptr(at.address+1)]; ok && len(frames) > 0 {
			frames[len(frames)-1].tag = tag
		}
		all[id] = frames
	}
	return all
}
