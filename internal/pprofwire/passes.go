package pprofwire

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
)

// maxInflated is the largest size, in bytes, of an uncompressed profile that is kept
// in memory between the two passes. Larger ones are uncompressed twice, one field at a
// time. 25,000 stacks of 20 frames take about 2 MiB.
const maxInflated = 6 << 20

// TopFields returns a function that calls its argument for each field of the
// compressed profile's outer message; it can be called more than once.
func TopFields(zipped []byte) (func(func(Field) error) error, error) {
	streamed := func(f func(Field) error) error { return EachZippedField(bytes.NewReader(zipped), f) }
	if len(zipped) < 4 {
		return streamed, nil
	}
	// A gzip file ends with its inflated size (RFC 1952, 2.3.1).
	size := binary.LittleEndian.Uint32(zipped[len(zipped)-4:])
	if size > maxInflated {
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
	return func(f func(Field) error) error { return EachField(plain, f) }, nil
}
