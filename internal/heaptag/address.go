package heaptag

import (
	"fmt"
	"reflect"
	"runtime"
	"sync"
)

// ByReturnAddress returns the tag of each return address within dispatch; callers
// must not change the map. It is an error where two tags share an address, which
// would charge one operation with another's memory. The first call costs less than
// a millisecond. It is safe for concurrent use.
func ByReturnAddress() (map[uintptr]ID, error) { return addresses() }

var addresses = sync.OnceValues(func() (map[uintptr]ID, error) { return findAddresses(dispatch) })

// findAddresses calls do with every tag and looks at the stack below: what counts
// is what the compiler and the linker have made of the call sites, whatever their
// flags.
func findAddresses(do func(ID, func())) (map[uintptr]ID, error) {
	found := make(map[uintptr]ID, Count)
	for id := range ID(Count) {
		var pc uintptr
		do(id, func() { pc = callerInDispatch() })
		if pc == 0 {
			return nil, fmt.Errorf("heap tags are off: tag %d left no frame", id)
		}
		if other, taken := found[pc]; taken {
			return nil, fmt.Errorf("heap tags are off: tags %d and %d share the return address %#x", other, id, pc)
		}
		found[pc] = id
	}
	return found, nil
}

// own is dispatch. A program can have two copies of this module, as of a fork or of
// another major version, each with a dispatch of its own.
var own = runtime.FuncForPC(reflect.ValueOf(dispatch).Pointer())

// DispatchName returns the full name of the function whose call sites are the tags,
// as it stands in profiles of this program.
func DispatchName() string { return own.Name() }

// Check returns an error where tags cannot be told apart in this program.
func Check() error {
	_, err := ByReturnAddress()
	return err
}

// callerInDispatch returns the return address within the nearest frame of dispatch;
// 0 where there is none.
//
//go:noinline
func callerInDispatch() uintptr {
	var pcs [8]uintptr
	for _, pc := range pcs[:runtime.Callers(2, pcs[:])] {
		// A function that was inlined into dispatch has its entry, but another name.
		if f := runtime.FuncForPC(pc - 1); f != nil && f.Entry() == own.Entry() && f.Name() == own.Name() {
			return pc
		}
	}
	return 0
}
