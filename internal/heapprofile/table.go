package heapprofile

import "github.com/otelmem/otelmem-go/internal/heaptag"

// Table is what the process that wrote a profile knew of its stacks.
type Table struct {
	// Layout is the process's [heaptag.Layout].
	Layout string `json:"layout"`
	// Tags are by their ID.
	Tags []*heaptag.Tag `json:"table"`
	// Functions are those that belong to one operation alone, by their [appframe.ShortName].
	Functions map[string]Owner `json:"functions,omitempty"`
	// StackDepth is how many frames of a stack the process kept.
	StackDepth int `json:"stackDepth,omitempty"`
}

// Owner is the operation that a function belongs to.
type Owner struct {
	Operation string `json:"operation"`
	Category  string `json:"category"`
}

// NewTable is this process's table, without functions.
func NewTable() Table {
	return Table{Layout: heaptag.Layout, Tags: heaptag.Default.Table(), StackDepth: stackDepth()}
}
