package debugpage

import (
	"errors"
	"fmt"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

const (
	// memoryPerFileByte is how much memory a profile takes for each byte of its file, with
	// what is drawn of it: 1.3 MB took 80 MB, and its stacks as a tree 40.
	memoryPerFileByte = 100
	// headroomBase is what reading profiles takes beside them, in bytes.
	headroomBase = 32 * textfmt.MiB
)

// errNoHeadroom is returned where looking at profiles could kill the process.
var errNoHeadroom = errors.New("too near the memory limit to look at heap profiles in this process: download them, and use go tool pprof")

// headroom is the memory of the process that serves the page, in bytes. That need not
// be the one that the page shows.
type headroom struct {
	used, limit int64 // limit is 0 for none
}

// readHeadroom reads it anew: a limit can change while a process runs. What cannot be
// read is 0, and forbids nothing.
func readHeadroom() headroom {
	reader, _ := memstat.NewReader(0)
	defer reader.Close()
	now := reader.Fresh()
	limit, _ := memstat.ReadLimit(now)
	if soft := limit.Bytes - limit.Use(now.RSS); limit.Bytes > 0 && soft < limit.Room(now.RSS) {
		return headroom{used: limit.Use(now.RSS), limit: limit.Bytes}
	}
	return headroom{used: limit.HardUsed, limit: limit.Hard}
}

// enough says whether there is memory to look at dumps.
func (h headroom) enough(dumps ...*dump.Entry) error {
	need := headroomBase
	for _, d := range dumps {
		need += memoryPerFileByte * d.Size
	}
	if h.limit > 0 && h.limit-h.used < need {
		return fmt.Errorf("%w: %s are left below the limit of %s, and it may take %s", errNoHeadroom,
			textfmt.Size(max(0, h.limit-h.used)), textfmt.Size(h.limit), textfmt.Size(need))
	}
	return nil
}
