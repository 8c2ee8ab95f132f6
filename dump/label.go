package dump

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// labelMemory is what labelling may cost, in bytes: at 25,000 stacks it allocates
// 1.4 MB (BenchmarkManyStacks in internal/heapprofile); the rest is for gzip and luck.
const labelMemory = 24 * textfmt.MiB

// Label copies the heap profile in to out, with the labels "category" and
// "operation" on each sample that a heap tag covers, or a function that belongs to one
// operation ([WithFunctions]; "attribution" says learned), and without the tags' frames:
//
//	go tool pprof -tagroot=category out
//	go tool pprof -tagfocus=category=api_records out
//
// in needs its side file, which has the table of tags; out gets one too. out can
// be in: it is replaced by a rename. A profile that has its labels is copied.
func Label(in, out string) error {
	side, err := ReadSide(sidePath(in))
	if err != nil {
		return err
	}
	profile, err := os.Open(in)
	if err != nil {
		return fmt.Errorf("label a heap profile: %w", err)
	}
	defer profile.Close()
	write := func(w io.Writer, _ int) error { return heapprofile.Label(profile, w, side.Tags) }
	if side.Labelled {
		write = func(w io.Writer, _ int) error { _, err := io.Copy(w, profile); return err }
	}
	if err := replace(out, write); err != nil {
		return fmt.Errorf("label %s: %w", in, err)
	}
	side.Labelled = true
	if err := writeSide(sidePath(out), &side); err != nil {
		return fmt.Errorf("label %s: %w", in, err)
	}
	syncDir(filepath.Dir(out))
	return nil
}

// roomToLabel says whether a profile may be labelled now: the raw one is on disk,
// and a limit that is near matters more.
func roomToLabel(used int64, limit memstat.Limit) bool {
	return limit.Bytes == 0 || limit.Bytes-used > 2*labelMemory
}
