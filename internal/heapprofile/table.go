package heapprofile

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// Table is what the process that wrote a profile knows about its stacks. It is stored
// with the profile, so that another process can label it.
type Table struct {
	// Layout is the process's [heaptag.Layout]; "" where its files have no lines to
	// know tags by. Dispatch is the name of the function on whose lines the tags are:
	// in one file there can be others that look like it.
	Layout   string `json:"layout"`
	Dispatch string `json:"dispatch"`
	// Tags are indexed by ID.
	Tags []*heaptag.Tag `json:"table"`
	// Functions are those that belong to exactly one operation, by their
	// [appframe.ShortName].
	Functions map[string]Owner `json:"functions,omitempty"`
	// StackDepth is how many frames of a stack the process's runtime kept; 0 where it
	// sampled nothing.
	StackDepth int `json:"stackDepth,omitempty"`
}

// Owner is the operation that a function belongs to.
type Owner struct {
	Operation string `json:"operation"`
	Category  string `json:"category"`
}

// NewTable returns the table of this process, without functions.
func NewTable() Table {
	t := Table{Dispatch: heaptag.DispatchName(), Tags: heaptag.Default.Table()}
	if heaptag.LinesHold() {
		t.Layout = heaptag.Layout
	}
	if runtime.MemProfileRate > 0 {
		t.StackDepth = stackDepth()
	}
	return t
}

// check returns an error where a profile cannot be labelled by the table.
func (t *Table) check() error {
	switch {
	case t.StackDepth == 0:
		return errors.New("it has no samples: runtime.MemProfileRate or GODEBUG=profstackdepth was 0")
	case t.Layout == "":
		return errors.New("its tags cannot be told apart: the program that wrote it was built with obfuscated positions")
	case t.Layout != heaptag.Layout:
		return fmt.Errorf("its tags have the layout %q and this program reads %q: use the version of otelmem that wrote it", t.Layout, heaptag.Layout)
	}
	return nil
}
