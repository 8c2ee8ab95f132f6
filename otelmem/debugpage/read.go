package debugpage

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/google/pprof/profile"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/otelmem"
)

const (
	// unfolded is what a profile takes in memory, times its file's size: 1.3 MB
	// took 80 MB.
	unfolded = 64
	// roomFor is what else looking at profiles takes, in bytes.
	roomFor = 32 * memstat.MiB
)

// errNoRoom is returned where looking at profiles could kill the process.
var errNoRoom = errors.New("too near the memory limit to look at heap profiles in this process: download them, and use go tool pprof")

// room says whether there is memory to look at dumps.
func room(p *otelmem.ProcessReport, dumps ...*dump.Entry) error {
	need := roomFor
	for _, d := range dumps {
		need += unfolded * d.Size
	}
	if p.Limit > 0 && p.Limit-p.RSS < need {
		return fmt.Errorf("%w: %s are left below the limit of %s, and it may take %s", errNoRoom, size(p.Limit-p.RSS), size(p.Limit), size(need))
	}
	return nil
}

// readProfile reads a dump, with the labels of its tags.
func readProfile(e *dump.Entry) (*profile.Profile, error) {
	file, err := os.OpenInRoot(filepath.Split(e.Path))
	if err != nil {
		return nil, fmt.Errorf("read a heap profile: %w", err)
	}
	defer file.Close()
	var in io.Reader = file
	if !e.Side.Labelled && e.Side.Tags.Layout == heaptag.Layout {
		var labelled bytes.Buffer
		if err := heaptag.Label(file, &labelled, e.Side.Tags.Table); err != nil {
			return nil, fmt.Errorf("label heap profile %s: %w", nameOf(e), err)
		}
		in = &labelled
	}
	p, err := profile.Parse(in)
	if err != nil {
		return nil, fmt.Errorf("read heap profile %s: %w", nameOf(e), err)
	}
	return p, nil
}
