package heaptag

import (
	"fmt"
	"sync"
)

// Layout describes which line of dispatch belongs to which tag. A profile that was
// written under another layout cannot be labelled by this program.
var Layout = fmt.Sprintf("lines %d+2n of %d tags", dispatchLine, Count)

// LinesHold reports whether each call of dispatch stands on its tag's line in this
// program. Where names and positions were obfuscated tags are known by their address
// alone, and so not in files.
func LinesHold() bool { return linesHold() }

var linesHold = sync.OnceValue(func() bool {
	byAddress, err := ByReturnAddress()
	if err != nil {
		return false
	}
	for pc, id := range byAddress {
		_, line := own.FileLine(pc - 1)
		if at, ok := AtLine(line); !ok || at != id {
			return false
		}
	}
	return true
})

// AtLine returns the tag whose call stands at a line of dispatch; ok is false where
// none does.
func AtLine(line int) (id ID, ok bool) {
	offset := line - dispatchLine
	if offset < 0 || offset%2 != 0 || offset/2 >= Count {
		return 0, false
	}
	return ID(offset / 2), true
}
