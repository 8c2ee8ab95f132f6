package pprofwire

// Facts are what a profile says of itself.
type Facts struct {
	// Nanos is when it was taken, in nanoseconds since 1970; Period is the sampling
	// period, of heap profiles in bytes. 0 where it does not say.
	Nanos, Period int64
	types         []uint64 // of samples' values, by the index of their name
}

// NewFacts returns facts to be filled by [Facts.Add].
func NewFacts() *Facts { return new(Facts) }

// maxTypes bounds the kinds of values.
const maxTypes = 64

// Add takes a field of the profile's outer message in.
func (fs *Facts) Add(f Field) error {
	switch f.Number {
	case ProfileTime:
		fs.Nanos = int64(f.Value)
	case ProfilePeriod:
		fs.Period = int64(f.Value)
	case ProfileSampleType:
		return EachField(f.Bytes, func(f Field) error {
			if f.Number == ValueTypeType && len(fs.types) < maxTypes {
				fs.types = append(fs.types, f.Value)
			}
			return nil
		})
	}
	return nil
}

// SampleTypes are the names of samples' values, in their order.
func (fs *Facts) SampleTypes(symbols *Symbols) []string {
	names := make([]string, len(fs.types))
	for i, index := range fs.types {
		names[i] = symbols.String(index)
	}
	return names
}
