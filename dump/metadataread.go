package dump

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"
)

const (
	// maxMetadata is how large a metadata file may be, in bytes: 1,022 tags and 2,000
	// functions, whose names have a kilobyte each, take 4 MiB.
	maxMetadata = 16 << 20
	// maxMetadataHead is in how many of its first bytes all but the tags must be: 32
	// suspects and a reason take 40 KiB.
	maxMetadataHead = 128 << 10
	// maxDetail is how many bytes of a manual dump's reason are written.
	maxDetail = 4 << 10
)

// ReadMetadata reads the metadata file of a profile, at its [MetadataPath]. It reads
// 16 MiB at most: what is larger is not ours.
func ReadMetadata(path string) (Metadata, error) {
	metadata, err := readMetadata(path, maxMetadata, func(text []byte, complete bool) ([]byte, error) {
		if !complete {
			return nil, fmt.Errorf("it has more than %d bytes", maxMetadata)
		}
		return text, nil
	})
	return metadata, err
}

// readMetadataHead reads all but the tags, from the first 128 KiB of the file.
func readMetadataHead(path string) (Metadata, error) {
	return readMetadata(path, maxMetadataHead, withoutTags)
}

// readMetadata reads at most limit bytes of a file, which cut makes a whole JSON
// value of.
func readMetadata(path string, limit int64, cut func(text []byte, complete bool) ([]byte, error)) (Metadata, error) {
	var metadata Metadata
	fail := func(err error) (Metadata, error) {
		return Metadata{}, fmt.Errorf("read the metadata of a heap profile: %s: %w", path, err)
	}
	file, err := os.Open(path)
	if err != nil {
		return Metadata{}, fmt.Errorf("read the metadata of a heap profile: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return fail(err)
	}
	complete := int64(len(text)) <= limit
	if text, err = cut(text, complete); err != nil {
		return fail(err)
	}
	if err := json.Unmarshal(text, &metadata); err != nil {
		return fail(err)
	}
	if metadata.Tool != metadataTool || metadata.Version != metadataVersion {
		return fail(fmt.Errorf("got tool %q version %d, want %q version %d",
			metadata.Tool, metadata.Version, metadataTool, metadataVersion))
	}
	return metadata, nil
}

// withoutTags cuts a metadata file before its member "tags", and closes the object.
func withoutTags(text []byte, complete bool) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, errors.New("want a JSON object")
	}
	for {
		end := decoder.InputOffset() // of the value before
		key, err := decoder.Token()
		switch {
		case err != nil && !complete:
			return nil, fmt.Errorf("its first %d bytes have more than is ever written", maxMetadataHead)
		case err != nil:
			return nil, err
		case key == json.Delim('}'):
			return text[:decoder.InputOffset()], nil
		case key == "tags":
			return append(text[:end:end], '}'), nil
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
	}
}

// cutText is at most limit bytes of a text, whole runes.
func cutText(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}
