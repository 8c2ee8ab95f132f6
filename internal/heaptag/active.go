package heaptag

import "sync/atomic"

// active counts who wants tags.
var active atomic.Int32

// Activate says that somebody wants tags from now on, until it calls release.
func Activate() (release func()) {
	active.Add(1)
	var released atomic.Bool
	return func() {
		if released.CompareAndSwap(false, true) {
			active.Add(-1)
		}
	}
}

// Active says whether anybody wants tags. It costs one atomic load.
func Active() bool { return active.Load() > 0 }
