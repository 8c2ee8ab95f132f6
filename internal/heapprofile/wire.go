package heapprofile

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// This file implements as much of the protobuf wire format as is needed to read and
// rewrite a profile one field of the outer message at a time.

// Wire types (https://protobuf.dev/programming-guides/encoding/).
const (
	wireVarint = 0
	wireBytes  = 2
)

// maxField bounds one field of a profile, in bytes. Real ones are at most some KiB:
// samples with deep stacks, long strings.
const maxField = 16 << 20

// field is one field of a message: a number, or bytes that are valid until the
// next one is read.
type field struct {
	number   int
	value    uint64
	bytes    []byte
	isNumber bool
}

// fieldReader reads the fields of a message from a stream.
type fieldReader struct {
	r   *bufio.Reader
	buf []byte
}

// next returns io.EOF after the last field.
func (fr *fieldReader) next() (field, error) {
	key, err := binary.ReadUvarint(fr.r)
	if err != nil {
		return field{}, err // io.EOF only before the first byte
	}
	f := field{number: int(key >> 3)}
	switch key & 7 {
	case wireVarint:
		f.isNumber = true
		if f.value, err = binary.ReadUvarint(fr.r); err != nil {
			return field{}, noEOF(err)
		}
	case wireBytes:
		n, err := binary.ReadUvarint(fr.r)
		if err != nil {
			return field{}, noEOF(err)
		}
		if n > maxField {
			return field{}, fmt.Errorf("field %d has %d bytes, more than the %d that a profile may have", f.number, n, maxField)
		}
		if uint64(cap(fr.buf)) < n {
			fr.buf = make([]byte, n, 2*n)
		}
		f.bytes = fr.buf[:n]
		if _, err := io.ReadFull(fr.r, f.bytes); err != nil {
			return field{}, noEOF(err)
		}
	default:
		return field{}, fmt.Errorf("field %d has wire type %d, which profiles do not use", f.number, key&7)
	}
	return f, nil
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// eachZippedField calls f for the fields of a message in gzip.
func eachZippedField(zipped io.Reader, f func(field) error) error {
	plain, err := gzip.NewReader(zipped)
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

// eachField calls f for the fields of a message in memory.
func eachField(message []byte, f func(field) error) error {
	for len(message) > 0 {
		key, n := binary.Uvarint(message)
		if n <= 0 {
			return io.ErrUnexpectedEOF
		}
		message = message[n:]
		value, n := binary.Uvarint(message)
		if n <= 0 {
			return io.ErrUnexpectedEOF
		}
		message = message[n:]
		fd := field{number: int(key >> 3), value: value}
		switch key & 7 {
		case wireVarint:
			fd.isNumber = true
		case wireBytes:
			if value > uint64(len(message)) {
				return io.ErrUnexpectedEOF
			}
			fd.bytes, message = message[:value], message[value:]
		default:
			return fmt.Errorf("field %d has wire type %d, which profiles do not use", fd.number, key&7)
		}
		if err := f(fd); err != nil {
			return err
		}
	}
	return nil
}

// eachNumber calls f for the numbers of a repeated field, packed or not.
func eachNumber(fd field, f func(uint64)) error {
	if fd.isNumber {
		f(fd.value)
		return nil
	}
	for packed := fd.bytes; len(packed) > 0; {
		v, n := binary.Uvarint(packed)
		if n <= 0 {
			return io.ErrUnexpectedEOF
		}
		f(v)
		packed = packed[n:]
	}
	return nil
}

func appendNumber(b []byte, number int, v uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(b, uint64(number)<<3|wireVarint), v)
}

func appendBytes(b []byte, number int, v []byte) []byte {
	b = binary.AppendUvarint(b, uint64(number)<<3|wireBytes)
	return append(binary.AppendUvarint(b, uint64(len(v))), v...)
}

// appendField appends a field as it was read.
func appendField(b []byte, f field) []byte {
	if f.isNumber {
		return appendNumber(b, f.number, f.value)
	}
	return appendBytes(b, f.number, f.bytes)
}
