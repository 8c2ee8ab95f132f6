package debugpage

import (
	"errors"
	"fmt"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

const (
	// unfolded is what a profile takes in memory, times its file's size: 1.3 MB
	// took 80 MB.
	unfolded = 64
	// roomFor is what else looking at profiles takes, in bytes.
	roomFor = 32 * textfmt.MiB
)

// errNoRoom is returned where looking at profiles could kill the process.
var errNoRoom = errors.New("too near the memory limit to look at heap profiles in this process: download them, and use go tool pprof")

// room says whether there is memory to look at dumps.
func room(p *report.Process, dumps ...*dump.Entry) error {
	need := roomFor
	for _, d := range dumps {
		need += unfolded * d.Size
	}
	if p.Limit > 0 && p.Limit-p.RSS < need {
		return fmt.Errorf("%w: %s are left below the limit of %s, and it may take %s", errNoRoom, textfmt.Size(p.Limit-p.RSS), textfmt.Size(p.Limit), textfmt.Size(need))
	}
	return nil
}
