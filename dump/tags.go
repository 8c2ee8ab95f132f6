package dump

import (
	"io"

	"github.com/otelmem/otelmem-go/internal/heapprofile"
)

// Tags are the heap tags of the process that wrote a profile, and the functions of
// [WithFunctions]: all that is needed to label the profile.
type Tags = heapprofile.Table

// Owner is the operation that a function belongs to, with its category.
type Owner = heapprofile.Owner

// newTags returns the heap tags of this process, without functions.
func newTags() Tags { return heapprofile.NewTable() }

// labelProfile copies a heap profile from in to out and adds labels.
func labelProfile(in io.ReadSeeker, out io.Writer, tags Tags) error {
	return heapprofile.Label(in, out, tags)
}
