package heaptag

import "fmt"

// Layout names how tags lie in a profile's lines. A profile of another layout
// cannot be labelled by this program.
var Layout = fmt.Sprintf("lines %d+2n of %d tags", dispatchLine, tagCount)

// Table is what the process that wrote a profile knew of its stacks.
type Table struct {
	// Layout is the process's [Layout].
	Layout string `json:"layout"`
	// Tags are by their ID.
	Tags []*Tag `json:"table"`
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
	return Table{Layout: Layout, Tags: Default.Table(), StackDepth: stackDepth()}
}
