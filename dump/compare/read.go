package compare

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/google/pprof/profile"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// maxInflated bounds what a file may inflate to, in bytes: a profile of 25,000
// stacks has 2 MiB, and a small gzip file can hold a thousand times its size.
const maxInflated = 512 * textfmt.MiB

// Read reads a heap profile of pprof's form, in gzip or not. One that was written
// raw gets its labels in memory, by the table in the side file beside it; the
// file is left as it is. Without a side file it stays without labels, and [Notes]
// says so.
func Read(path string) (*profile.Profile, error) {
	data, err := inflate(path)
	if err != nil {
		return nil, err
	}
	p, err := parse(path, data)
	if err != nil {
		return nil, err
	}
	side, err := dump.ReadSide(sidePath(path))
	tagged := hasTagFrames(p)
	switch {
	case errors.Is(err, fs.ErrNotExist), err != nil && !tagged:
		return p, nil
	case err != nil:
		return nil, err
	case !tagged && (side.Labelled || len(side.Tags.Functions) == 0):
		return p, nil
	}
	return label(path, data, side.Tags)
}

func parse(path string, data []byte) (*profile.Profile, error) {
	p, err := profile.ParseUncompressed(data)
	if err == nil {
		err = p.CheckValid()
	}
	if err != nil {
		return nil, fmt.Errorf("read heap profile %s: %w: want a file of pprof's form that is whole", path, err)
	}
	if _, err := valuesOf(p); err != nil {
		return nil, fmt.Errorf("read heap profile %s: %w", path, err)
	}
	return p, nil
}

// inflate reads a whole file.
func inflate(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read a heap profile: %w", err)
	}
	defer file.Close()
	data, err := readBounded(file)
	if err == nil && bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		var zip *gzip.Reader
		if zip, err = gzip.NewReader(bytes.NewReader(data)); err == nil {
			data, err = readBounded(zip)
		}
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("read heap profile %s: it is cut off: copy it again, or take another dump", path)
	case err != nil:
		return nil, fmt.Errorf("read heap profile %s: %w", path, err)
	case len(data) == 0:
		return nil, fmt.Errorf("read heap profile %s: the file is empty: take another dump", path)
	}
	return data, nil
}

func readBounded(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxInflated+1))
	if err == nil && int64(len(data)) > maxInflated {
		err = fmt.Errorf("it has more than %s, which no heap profile has", textfmt.Size(maxInflated))
	}
	return data, err
}

// label parses the profile with its labels.
func label(path string, data []byte, table heapprofile.Table) (*profile.Profile, error) {
	var zipped, labelled bytes.Buffer
	zip := gzip.NewWriter(&zipped) // what heapprofile reads
	_, err := zip.Write(data)
	if err = errors.Join(err, zip.Close()); err == nil {
		err = heapprofile.Label(bytes.NewReader(zipped.Bytes()), &labelled, table)
	}
	if err != nil {
		return nil, fmt.Errorf("label %s: %w", path, err)
	}
	p, err := profile.ParseData(labelled.Bytes())
	if err != nil {
		return nil, fmt.Errorf("label %s: %w", path, err)
	}
	return p, nil
}

// hasTagFrames says whether samples still have the frames that labels are made
// of. Labelling takes them out of the samples and leaves the function's name.
func hasTagFrames(p *profile.Profile) bool {
	isTag := func(l profile.Line) bool {
		return l.Function != nil && heaptag.IsDispatch(l.Function.Name)
	}
	return slices.ContainsFunc(p.Sample, func(s *profile.Sample) bool {
		return slices.ContainsFunc(s.Location, func(l *profile.Location) bool { return slices.ContainsFunc(l.Line, isTag) })
	})
}

// sidePath is where the side file of a profile lies.
func sidePath(path string) string { return strings.TrimSuffix(path, ".pb.gz") + ".json" }
