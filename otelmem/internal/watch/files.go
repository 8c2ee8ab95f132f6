package watch

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/pprofwire"
)

// File is a profile on disk.
type File struct {
	Path string
	Time time.Time // when it was taken; of the file where the profile does not say so

	goroutines bool
}

// Skipped is a file that is no heap profile or goroutine profile, and why.
type Skipped struct {
	Path string
	Err  error
}

// FindFiles returns the heap and goroutine profiles that a pattern matches, as of
// [filepath.Match], in the order of their own time, whichever tool collected them.
func FindFiles(pattern string) (files []File, skipped []Skipped, err error) {
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return nil, nil, fmt.Errorf("--files %s: %w: want a path in which * stands for any part of a name", pattern, err)
	}
	for _, path := range paths {
		f, err := newFile(path)
		if err != nil {
			skipped = append(skipped, Skipped{path, err})
			continue
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		if len(skipped) > 0 {
			return nil, skipped, fmt.Errorf("--files %s: none of %d files is a heap profile; the first, %s: %w", pattern, len(skipped), skipped[0].Path, skipped[0].Err)
		}
		return nil, nil, fmt.Errorf("--files %s: no file matches", pattern)
	}
	slices.SortStableFunc(files, func(a, b File) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Path, b.Path)) })
	return files, skipped, nil
}

func newFile(path string) (File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return File{}, err
	}
	if !info.Mode().IsRegular() {
		return File{}, errors.New("it is no file")
	}
	data, err := readFile(path)
	if err != nil {
		return File{}, err
	}
	each, err := pprofwire.Bounded(data)
	if err != nil {
		return File{}, fmt.Errorf("it is no profile: %w", err)
	}
	facts, symbols := pprofwire.NewFacts(), pprofwire.NewSymbols()
	err = each(func(f pprofwire.Field) error {
		if f.Number == pprofwire.ProfileStringTable {
			return symbols.Add(f)
		}
		return facts.Add(f)
	})
	if err != nil {
		return File{}, fmt.Errorf("it is no profile, or it is cut off: %w", err)
	}
	f := File{Path: path, Time: info.ModTime()}
	if facts.Nanos > 0 {
		f.Time = time.Unix(0, facts.Nanos)
	}
	switch types := facts.SampleTypes(symbols); {
	case slices.Contains(types, "inuse_space"):
	case slices.Contains(types, "goroutine"):
		f.goroutines = true
	default:
		return File{}, fmt.Errorf("it is a profile of %q: want a heap profile, or one of goroutines", types)
	}
	return f, nil
}

// readFile reads at most as much as a target may answer.
func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxAnswer+1))
	if err == nil && len(data) > maxAnswer {
		err = fmt.Errorf("it has more than %d MiB, which no profile has that can be judged", maxAnswer>>20)
	}
	return data, err
}

// EachReading calls f for each reading of a series of files: a heap profile, with the
// goroutine profile that was taken last before it. Where there are no heap profiles it
// is each goroutine profile.
func EachReading(files []File, f func(*Profiles)) {
	heaps := slices.ContainsFunc(files, func(f File) bool { return !f.goroutines })
	var running []byte
	for i := range files {
		file := &files[i]
		data, err := readFile(file.Path)
		if err != nil {
			f(&Profiles{Time: file.Time, Err: fmt.Errorf("%s: %w", file.Path, err)})
			continue
		}
		switch {
		case !file.goroutines:
			f(&Profiles{Time: file.Time, Heap: labelled(file.Path, data), Goroutines: running})
			running = nil
		case heaps:
			running = data
		default:
			f(&Profiles{Time: file.Time, Goroutines: data})
		}
	}
}

// labelled is a profile with the labels that the metadata file beside it knows, if
// memory diagnostics wrote it.
func labelled(path string, profile []byte) []byte {
	metadata, err := dump.ReadMetadata(dump.MetadataPath(path))
	if err != nil || metadata.Labelled || !strings.HasSuffix(path, ".pb.gz") {
		return profile // other tools write none
	}
	var out bytes.Buffer
	if err := heapprofile.Label(bytes.NewReader(profile), &out, metadata.Tags); err != nil {
		return profile // it is judged by code
	}
	return out.Bytes()
}
