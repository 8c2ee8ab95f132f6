package debugpage

import (
	"errors"
	"fmt"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

const (
	// memoryPerFileByte is how much memory a profile takes for each byte of its file: 1.3 MB
	// took 80 MB.
	memoryPerFileByte = 64
	// headroomBase is what reading profiles takes beside them, in bytes.
	headroomBase = 32 * textfmt.MiB
)

// errNoHeadroom is returned where looking at profiles could kill the process.
var errNoHeadroom = errors.New("too near the memory limit to look at heap profiles in this process: download them, and use go tool pprof")

// enoughHeadroom says whether there is memory to look at dumps.
func enoughHeadroom(p *report.Process, dumps ...*dump.Entry) error {
	need := headroomBase
	for _, d := range dumps {
		need += memoryPerFileByte * d.Size
	}
	if p.Limit > 0 && p.Limit-p.RSS < need {
		return fmt.Errorf("%w: %s are left below the limit of %s, and it may take %s", errNoHeadroom, textfmt.Size(p.Limit-p.RSS), textfmt.Size(p.Limit), textfmt.Size(need))
	}
	return nil
}
