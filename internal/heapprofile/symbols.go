package heapprofile

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
