package heaptag

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
)

// ID is a tag; 0 is none.
type ID uint16

// Do calls fn under tag id. An id that does not exist is none. Panics pass
// through.
func Do(id ID, fn func()) {
	if id == 0 || id >= tagCount {
		fn()
		return
	}
	dispatch(id, fn)
}

// addresses maps return addresses within dispatch to tags. It is made once, by
// calling dispatch with every tag and looking at the stack: what the compiler
// and linker did, whatever their flags, is what counts.
var addresses = sync.OnceValues(func() (map[uintptr]ID, error) {
	found := make(map[uintptr]ID, tagCount)
	for id := range ID(tagCount) {
		var pc uintptr
		dispatch(id, func() { pc = callerInDispatch() })
		if pc == 0 {
			return nil, fmt.Errorf("heap tags are off: tag %d left no frame", id)
		}
		if other, taken := found[pc]; taken {
			return nil, fmt.Errorf("heap tags are off: tags %d and %d share the return address %#x", other, id, pc)
		}
		found[pc] = id
	}
	return found, nil
})

// Check says whether tags can be told apart in this program. It costs less than
// a millisecond the first time.
func Check() error {
	_, err := addresses()
	return err
}

// callerInDispatch is the return address of the frame of dispatch above.
//
//go:noinline
func callerInDispatch() uintptr {
	var pcs [8]uintptr
	for _, pc := range pcs[:runtime.Callers(2, pcs[:])] {
		if f := runtime.FuncForPC(pc - 1); f != nil && strings.HasSuffix(f.Name(), "/heaptag.dispatch") {
			return pc
		}
	}
	return 0
}
