package heapprofile

import "github.com/otelmem/otelmem-go/internal/heaptag"

// Table is what the process that wrote a profile knows about its stacks. It is stored
// with the profile, so that another process can label it.
type Table struct {
	// Layout is the process's [heaptag.Layout].
	Layout string `json:"layout"`
	// Tags are indexed by ID.
	Tags []*heaptag.Tag `json:"table"`
	// Functions are those that belong to exactly one operation, by their
	// [appframe.ShortName].
	Functions map[string]Owner `json:"functions,omitempty"`
	// StackDepth is how many frames of a stack the process's runtime kept.
	StackDepth int `json:"stackDepth,omitempty"`
}

// Owner is the operation that a function belongs to.
type Owner struct {
	Operation string `json:"operation"`
	Category  string `json:"category"`
}

// NewTable returns the table of this process, without functions.
func NewTable() Table {
	return Table{Layout: heaptag.Layout, Tags: heaptag.Default.Table(), StackDepth: stackDepth()}
}
