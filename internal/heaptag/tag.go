package heaptag

// ID is a tag; 0 stands for no tag.
type ID uint16

// Do calls fn under a tag: what fn allocates on this goroutine belongs to it,
// unless fn calls Do in turn. An id that no tag has calls fn without a tag. Panics
// of fn pass through.
func Do(id ID, fn func()) {
	if id == 0 || id >= Count {
		fn()
		return
	}
	dispatch(id, fn)
}
