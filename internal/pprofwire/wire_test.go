package pprofwire

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"strings"
	"testing"
)

// The length of a field is checked before it is allocated: files come from strangers.
func TestFieldThatIsTooLargeIsRefused(t *testing.T) {
	for size, want := range map[uint64]string{maxField: "unexpected EOF", maxField + 1: "more than", 1 << 60: "more than"} {
		var zipped bytes.Buffer
		zip := gzip.NewWriter(&zipped)
		_, _ = zip.Write(binary.AppendUvarint([]byte{ProfileSample<<3 | wireBytes}, size))
		_ = zip.Close()
		err := EachZippedField(&zipped, func(Field) error { return nil })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("field of %d bytes: %v, want %q", size, err, want)
		}
	}
}
