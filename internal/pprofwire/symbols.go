package pprofwire

// Symbols are the tables of a profile that its samples refer to by number.
type Symbols struct {
	strings   []string
	functions map[uint64][2]uint64 // id -> indexes of name and file
	locations map[uint64]Location
}

// Location is an address of the program and its lines, the innermost first.
type Location struct {
	Address uint64
	Lines   []Line
}

// Line is a line within a function, which is given by its id.
type Line struct{ Function, Line uint64 }

// NewSymbols returns tables to be filled by [Symbols.Add].
func NewSymbols() *Symbols {
	return &Symbols{functions: make(map[uint64][2]uint64), locations: make(map[uint64]Location)}
}

// Add takes a field of the profile's outer message in.
func (s *Symbols) Add(f Field) error {
	switch f.Number {
	case ProfileStringTable:
		s.strings = append(s.strings, string(f.Bytes))
	case ProfileFunction:
		id, name, file, err := ReadFunction(f.Bytes)
		s.functions[id] = [2]uint64{name, file}
		return err
	case ProfileLocation:
		id, at, err := ReadLocation(f.Bytes)
		s.locations[id] = at
		return err
	}
	return nil
}

// ReadFunction returns a function's id and the indexes of its name and file.
func ReadFunction(message []byte) (id, name, file uint64, err error) {
	err = EachField(message, func(f Field) error {
		switch f.Number {
		case FunctionID:
			id = f.Value
		case FunctionName:
			name = f.Value
		case FunctionFile:
			file = f.Value
		}
		return nil
	})
	return id, name, file, err
}

// ReadLocation returns a location and its id.
func ReadLocation(message []byte) (id uint64, at Location, err error) {
	err = EachField(message, func(f Field) error {
		switch f.Number {
		case LocationID:
			id = f.Value
		case LocationAddress:
			at.Address = f.Value
		case LocationLine:
			var l Line
			err := EachField(f.Bytes, func(f Field) error {
				switch f.Number {
				case LineFunction:
					l.Function = f.Value
				case LineLine:
					l.Line = f.Value
				}
				return nil
			})
			at.Lines = append(at.Lines, l)
			return err
		}
		return nil
	})
	return id, at, err
}

// String returns an entry of the string table; "" where there is none.
func (s *Symbols) String(i uint64) string {
	if i < uint64(len(s.strings)) {
		return s.strings[i]
	}
	return ""
}

// EachFunction calls f for each function, with its file.
func (s *Symbols) EachFunction(f func(name, file string)) {
	for _, at := range s.functions {
		f(s.String(at[0]), s.String(at[1]))
	}
}

// EachLabel calls f for the labels of a sample whose values are text.
func (s *Symbols) EachLabel(sample []byte, f func(key, value string)) error {
	return EachField(sample, func(field Field) error {
		if field.Number != SampleLabel {
			return nil
		}
		var key, value uint64
		err := EachField(field.Bytes, func(field Field) error {
			switch field.Number {
			case LabelKey:
				key = field.Value
			case LabelStr:
				value = field.Value
			}
			return nil
		})
		if err == nil && value != 0 {
			f(s.String(key), s.String(value))
		}
		return err
	})
}

// Address returns the address of a location; 0 where there is none.
func (s *Symbols) Address(location uint64) uint64 { return s.locations[location].Address }

// Frames returns the frames of each location, the innermost first. newFrame makes
// one of a function's full name, its file and a line.
func Frames[F any](s *Symbols, newFrame func(function, file string, line int) F) map[uint64][]F {
	all := make(map[uint64][]F, len(s.locations))
	for id, at := range s.locations {
		frames := make([]F, len(at.Lines))
		for i, l := range at.Lines {
			name := s.functions[l.Function]
			frames[i] = newFrame(s.String(name[0]), s.String(name[1]), int(l.Line))
		}
		all[id] = frames
	}
	return all
}
