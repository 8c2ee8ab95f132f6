package dump

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"time"
)

// Keep writes a heap profile of another process to a folder, under a name as a [Dumper]
// gives and with a metadata file beside it, so that [List] finds it. profile is as
// runtime/pprof writes it, compressed with gzip; why becomes part of the name, reduced
// to safe characters. Of metadata, what identifies the file is set; what is known of the
// process is the caller's.
func Keep(dir string, profile []byte, why string, metadata Metadata) (File, error) {
	if len(profile) == 0 {
		return File{}, errors.New("keep a heap profile: it is empty")
	}
	metadata.Tool, metadata.Version = metadataTool, metadataVersion
	metadata.Reason, metadata.Detail = ReasonManual, why
	metadata.Time = cmp.Or(metadata.Time, time.Now()).UTC()
	// Whatever labels it has are there: tags of another process are not known here.
	metadata.Labelled = true
	s := &store{dir: dir, files: osFiles}
	return s.write(baseName(subject(ReasonManual, why, Threshold{}), metadata.Time), &metadata, func(w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(profile))
		return err
	})
}
