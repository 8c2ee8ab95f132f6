package compare

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/google/pprof/profile"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// Read reads a heap profile in the format of pprof, compressed with gzip or not. If
// the profile was written without labels, they are added in memory, from the
// metadata file beside it; the file is not changed. If there is no metadata file, the
// profile has no labels, and [Notes] says so.
//
// Files of strangers are safe to read: pipes and devices are refused, and so is what
// would take more than 512 MiB of memory, whatever its size on disk.
func Read(path string) (*profile.Profile, error) { return ReadContext(context.Background(), path) }

// ReadContext is [Read] until ctx is done.
func ReadContext(ctx context.Context, path string) (*profile.Profile, error) {
	data, err := inflate(ctx, path)
	if err != nil {
		return nil, err
	}
	p, err := parse(path, data)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read heap profile %s: %w", path, err)
	}
	metadata, err := dump.ReadMetadata(dump.MetadataPath(path))
	tagged := hasTagFrames(p, cmp.Or(metadata.Tags.Dispatch, heaptag.DispatchName()))
	switch {
	case errors.Is(err, fs.ErrNotExist), err != nil && !tagged:
		return p, nil
	case err != nil:
		return nil, err
	case !tagged && (metadata.Labelled || len(metadata.Tags.Functions) == 0):
		return p, nil
	}
	return label(path, data, metadata.Tags)
}

func parse(path string, data []byte) (*profile.Profile, error) {
	if err := checkSize(data); err != nil {
		return nil, fmt.Errorf("read heap profile %s: %w: want a complete file in the format of pprof", path, err)
	}
	p, err := profile.ParseUncompressed(data)
	if err == nil {
		err = p.CheckValid()
	}
	if err != nil {
		return nil, fmt.Errorf("read heap profile %s: %w: want a complete file in the format of pprof", path, err)
	}
	if _, err := valuesOf(p); err != nil {
		return nil, fmt.Errorf("read heap profile %s: %w", path, err)
	}
	return p, nil
}

// inflate reads a file, and decompresses it if it is compressed with gzip.
func inflate(ctx context.Context, path string) ([]byte, error) {
	file, err := openRegular(path)
	if err != nil {
		return nil, fmt.Errorf("read a heap profile: %w", err)
	}
	defer file.Close()
	data, err := readBounded(ctx, file)
	if err == nil && bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		var zip *gzip.Reader
		if zip, err = gzip.NewReader(bytes.NewReader(data)); err == nil {
			data, err = readBounded(ctx, zip)
		}
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("read heap profile %s: it is truncated: copy it again, or take another dump", path)
	case err != nil:
		return nil, fmt.Errorf("read heap profile %s: %w", path, err)
	case len(data) == 0:
		return nil, fmt.Errorf("read heap profile %s: the file is empty: take another dump", path)
	}
	return data, nil
}

// label adds the labels to a profile, and parses it.
func label(path string, data []byte, tags dump.Tags) (*profile.Profile, error) {
	var zipped, labelled bytes.Buffer
	zip := gzip.NewWriter(&zipped) // heapprofile.Label reads gzip
	_, err := zip.Write(data)
	if err = errors.Join(err, zip.Close()); err == nil {
		err = heapprofile.Label(bytes.NewReader(zipped.Bytes()), &labelled, tags)
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

// hasTagFrames says whether samples still have the frames of heap tags: those of the
// function dispatch. Adding the
// labels removes these frames from the samples, but not the function's name from the
// profile.
func hasTagFrames(p *profile.Profile, dispatch string) bool {
	isTag := func(l profile.Line) bool {
		return l.Function != nil && l.Function.Name == dispatch
	}
	return slices.ContainsFunc(p.Sample, func(s *profile.Sample) bool {
		return slices.ContainsFunc(s.Location, func(l *profile.Location) bool { return slices.ContainsFunc(l.Line, isTag) })
	})
}
