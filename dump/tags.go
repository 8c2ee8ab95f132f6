package dump

import (
	"io"

	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// Tags are the heap tags of the process that wrote the profile, and the functions
// of [WithFunctions].
type Tags = heaptag.Table

// Owner is the operation that a function belongs to.
type Owner = heaptag.Owner

// newTags returns the tags of this process, without functions.
func newTags() Tags { return heaptag.NewTable() }

// labelProfile copies a heap profile from in to out, with its labels.
func labelProfile(in io.ReadSeeker, out io.Writer, tags Tags) error {
	return heaptag.Label(in, out, tags)
}
