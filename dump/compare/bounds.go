package compare

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/otelmem/otelmem-go/internal/pprofwire"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

const (
	// maxInflated is how many bytes a file may have, before and after decompression: a
	// profile of 25,000 stacks has 2 MiB, but a small gzip file can expand to a
	// thousand times its size.
	maxInflated = 64 * textfmt.MiB
	// maxParsed is how much memory a profile may take once it is parsed, in bytes, as
	// [parsedSize] estimates it: about 150,000 stacks.
	maxParsed = 512 * textfmt.MiB
)

// What parsed messages take, in bytes: measured on profiles of many empty messages, and
// of samples with as many labels or frames as fit.
const (
	messageSize    = 160
	perMessageByte = 40
	stringSize     = 32
)

// parsedSize is about how much memory a profile takes once it is parsed, at most: a
// message of two bytes becomes a struct of a hundred.
func parsedSize(data []byte) (size int64, err error) {
	err = pprofwire.EachField(data, func(f pprofwire.Field) error {
		if f.Number == pprofwire.ProfileStringTable {
			size += stringSize + int64(len(f.Bytes))
		} else {
			size += messageSize + perMessageByte*int64(len(f.Bytes))
		}
		return nil
	})
	return size, err
}

// checkSize fails where parsing would take too much memory.
func checkSize(data []byte) error {
	size, err := parsedSize(data)
	if err == nil && size > maxParsed {
		err = fmt.Errorf("it would take about %s of memory, the most is %s: use go tool pprof if you trust the file", textfmt.Size(size), textfmt.Size(maxParsed))
	}
	return err
}

// openRegular opens a file. A pipe or a device could keep its reader waiting for ever.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("open %s: it is no regular file (%s): copy the profile to a file first", path, info.Mode().Type())
	}
	return os.Open(path)
}

// contextReader fails once its context is done.
type contextReader struct {
	ctx context.Context
	io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

func readBounded(ctx context.Context, r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(contextReader{ctx, r}, maxInflated+1))
	if err == nil && int64(len(data)) > maxInflated {
		err = fmt.Errorf("it is larger than %s, the largest heap profile that is read", textfmt.Size(maxInflated))
	}
	return data, err
}
