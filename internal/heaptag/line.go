package heaptag

import (
	"fmt"
	"strings"
)

// Layout describes which line of dispatch belongs to which tag. A profile that was
// written under another layout cannot be labelled by this program.
var Layout = fmt.Sprintf("lines %d+2n of %d tags", dispatchLine, Count)

// IsDispatch reports whether a function, by its full name as in [runtime.Frame], is
// the one whose call sites are the tags.
func IsDispatch(function string) bool { return strings.HasSuffix(function, "/heaptag.dispatch") }

// AtLine returns the tag whose call stands at a line of dispatch; ok is false where
// none does.
func AtLine(line int) (id ID, ok bool) {
	offset := line - dispatchLine
	if offset < 0 || offset%2 != 0 || offset/2 >= Count {
		return 0, false
	}
	return ID(offset / 2), true
}
