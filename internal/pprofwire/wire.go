package pprofwire

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Wire types (https://protobuf.dev/programming-guides/encoding/).
const (
	wireVarint = 0
	wireBytes  = 2
)

// maxField bounds one field of a profile, in bytes. Real ones are at most some KiB:
// samples with deep stacks, long strings.
const maxField = 16 << 20

// Field is one field of a message: a number, or bytes that are valid until the next
// one is read.
type Field struct {
	Number   int
	Value    uint64
	Bytes    []byte
	IsNumber bool
}

// fieldReader reads the fields of a message from a stream.
type fieldReader struct {
	r   *bufio.Reader
	buf []byte
}

// next returns io.EOF after the last field.
func (fr *fieldReader) next() (Field, error) {
	key, err := binary.ReadUvarint(fr.r)
	if err != nil {
		return Field{}, err // io.EOF only before the first byte
	}
	f := Field{Number: int(key >> 3)}
	switch key & 7 {
	case wireVarint:
		f.IsNumber = true
		if f.Value, err = binary.ReadUvarint(fr.r); err != nil {
			return Field{}, noEOF(err)
		}
	case wireBytes:
		n, err := binary.ReadUvarint(fr.r)
		if err != nil {
			return Field{}, noEOF(err)
		}
		if n > maxField {
			return Field{}, fmt.Errorf("field %d has %d bytes, more than the %d that a profile may have", f.Number, n, maxField)
		}
		if uint64(cap(fr.buf)) < n {
			fr.buf = make([]byte, n, 2*n)
		}
		f.Bytes = fr.buf[:n]
		if _, err := io.ReadFull(fr.r, f.Bytes); err != nil {
			return Field{}, noEOF(err)
		}
	default:
		return Field{}, fmt.Errorf("field %d has wire type %d, which profiles do not use", f.Number, key&7)
	}
	return f, nil
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// EachZippedField calls f for the fields of a message in gzip.
func EachZippedField(zipped io.Reader, f func(Field) error) error {
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

// EachField calls f for the fields of a message in memory.
func EachField(message []byte, f func(Field) error) error {
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
		fd := Field{Number: int(key >> 3), Value: value}
		switch key & 7 {
		case wireVarint:
			fd.IsNumber = true
		case wireBytes:
			if value > uint64(len(message)) {
				return io.ErrUnexpectedEOF
			}
			fd.Bytes, message = message[:value], message[value:]
		default:
			return fmt.Errorf("field %d has wire type %d, which profiles do not use", fd.Number, key&7)
		}
		if err := f(fd); err != nil {
			return err
		}
	}
	return nil
}

// EachNumber calls f for the numbers of a repeated field, packed or not.
func EachNumber(fd Field, f func(uint64)) error {
	if fd.IsNumber {
		f(fd.Value)
		return nil
	}
	for packed := fd.Bytes; len(packed) > 0; {
		v, n := binary.Uvarint(packed)
		if n <= 0 {
			return io.ErrUnexpectedEOF
		}
		f(v)
		packed = packed[n:]
	}
	return nil
}

// AppendNumber appends a field that is a number.
func AppendNumber(b []byte, number int, v uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(b, uint64(number)<<3|wireVarint), v)
}

// AppendBytes appends a field that is bytes.
func AppendBytes(b []byte, number int, v []byte) []byte {
	b = binary.AppendUvarint(b, uint64(number)<<3|wireBytes)
	return append(binary.AppendUvarint(b, uint64(len(v))), v...)
}

// AppendField appends a field as it was read.
func AppendField(b []byte, f Field) []byte {
	if f.IsNumber {
		return AppendNumber(b, f.Number, f.Value)
	}
	return AppendBytes(b, f.Number, f.Bytes)
}
