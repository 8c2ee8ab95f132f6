package pprofwire

import (
	"bytes"
	"compress/gzip"
	"fmt"
)

// What a profile of another process may have: more is no profile, or one that cannot be
// judged in bounded memory. A process of 100,000 stacks has some 30 MiB.
const (
	// MaxPlain is in bytes, of the uncompressed profile.
	MaxPlain = 256 << 20
	// maxSymbols bounds the functions, the locations and the strings, and maxSamples
	// the stacks.
	maxSymbols = 1_000_000
	maxSamples = 2_000_000
)

// Bounded is [TopFields] for a profile of a stranger, compressed or not. The function
// that it returns fails where the profile is larger than any that is read.
func Bounded(profile []byte) (func(func(Field) error) error, error) {
	each := func(f func(Field) error) error { return EachField(profile, f) }
	if IsZipped(profile) {
		// What the trailer says of the size is checked against the bound by reading.
		if _, err := gzip.NewReader(bytes.NewReader(profile)); err != nil {
			return nil, err
		}
		var err error
		if each, err = TopFields(profile); err != nil {
			return nil, err
		}
	}
	return func(f func(Field) error) error {
		var b bounds
		return each(func(field Field) error {
			if err := b.add(&field); err != nil {
				return err
			}
			return f(field)
		})
	}, nil
}

// IsZipped says whether data begins as gzip does.
func IsZipped(data []byte) bool { return bytes.HasPrefix(data, []byte{0x1f, 0x8b}) }

// bounds count what was read.
type bounds struct{ bytes, symbols, samples int }

func (b *bounds) add(f *Field) error {
	b.bytes += len(f.Bytes) + 2
	switch f.Number {
	case ProfileSample:
		b.samples++
	case ProfileLocation, ProfileFunction, ProfileStringTable:
		b.symbols++
	}
	switch {
	case b.bytes > MaxPlain:
		return fmt.Errorf("it has more than %d MiB, which is more than is read", MaxPlain>>20)
	case b.samples > maxSamples:
		return fmt.Errorf("it has more than %d samples, which is more than is read", maxSamples)
	case b.symbols > maxSymbols:
		return fmt.Errorf("it has more than %d functions, lines and strings, which is more than is read", maxSymbols)
	}
	return nil
}
