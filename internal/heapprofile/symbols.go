package heapprofile

// symbols are the tables of a profile that its samples refer to by number.
type symbols struct {
	strings   []string
	functions map[uint64][2]uint64 // id -> indexes of name and file
	locations map[uint64][]symbolLine
}

// symbolLine is a line within a function, which is given by its id.
type symbolLine struct{ function, line uint64 }

func newSymbols() *symbols {
	return &symbols{functions: make(map[uint64][2]uint64), locations: make(map[uint64][]symbolLine)}
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
		id, lines, err := readLocation(f.bytes)
		s.locations[id] = lines
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

// frames returns the frames of each location, the innermost first.
func (s *symbols) frames(owners Owners) map[uint64][]frame {
	text := func(i uint64) string {
		if i < uint64(len(s.strings)) {
			return s.strings[i]
		}
		return ""
	}
	all := make(map[uint64][]frame, len(s.locations))
	for id, lines := range s.locations {
		frames := make([]frame, len(lines))
		for i, l := range lines {
			name := s.functions[l.function]
			frames[i] = owners.newFrame(text(name[0]), text(name[1]), int(l.line))
		}
		all[id] = frames
	}
	return all
}
