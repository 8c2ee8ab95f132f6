package heapprofile

import "github.com/otelmem/otelmem-go/internal/appframe"

// maxCalls is how many of the application's outermost frames are kept of a stack to
// find the function that its operation begins with: wrappers around wrappers have
// some.
const maxCalls = 8

// calls are the application's frames that call each other at the outer end of a
// stack, or of the part of it below a server, the innermost first; nil beyond the
// last. Frames of servers and of what only calls its argument are left out.
type calls [maxCalls]*frame

// entry collects the frames among which an operation without a tag begins, from the
// innermost outwards.
type entry struct {
	calls calls
	n     int
	// interrupted says that the last frame was of code, such as an encoder, that does
	// more than to call what it is given: an operation that has frames further out
	// does not begin within it.
	interrupted bool
	// served says that the frames so far lie below a server, and so are complete.
	served     bool
	dependency *frame // the outermost frame of a dependency, for stacks without others
	outermost  *frame // the outermost frame of the application, servers included
}

func (e *entry) add(f *frame) {
	if e.served {
		return
	}
	if f.kind == appframe.Application {
		e.outermost = f
	}
	switch {
	case f.serves:
		e.served = e.n > 0 || e.dependency != nil
	case f.kind == appframe.Application:
		if e.interrupted {
			e.calls, e.n, e.interrupted = calls{}, 0, false
		}
		if e.n == maxCalls {
			copy(e.calls[:], e.calls[1:])
			e.n--
		}
		e.calls[e.n] = f
		e.n++
	case f.kind == appframe.Dependency:
		e.dependency = f
		e.interrupted = e.n > 0
	case !f.passesOn:
		e.interrupted = e.n > 0
	}
}

// path returns the frames to choose from; none where the stack has no code but that
// of servers and the standard library.
func (e *entry) path() calls {
	switch {
	case e.n > 0:
		return e.calls
	case e.dependency != nil:
		return calls{e.dependency}
	default:
		return calls{e.outermost}
	}
}

// callGraph is who calls whom, as seen in all paths of a profile.
type callGraph struct {
	// at is by call, of is by function: the function called there; "" for several.
	at map[*frame]string
	of map[string]string
}

// newCallGraph goes through all paths.
func newCallGraph[V any](paths map[calls]V) callGraph {
	g := callGraph{make(map[*frame]string), make(map[string]string)}
	for path := range paths {
		for i := 1; i < maxCalls && path[i] != nil; i++ {
			caller, callee := path[i], path[i-1].site.Function
			note(g.at, caller, callee)
			note(g.of, caller.site.Function, callee)
		}
	}
	return g
}

func note[K comparable](called map[K]string, caller K, callee string) {
	if known, ok := called[caller]; ok && known != callee {
		callee = ""
	}
	called[caller] = callee
}

// entryOf returns the function that an operation begins with: the outermost of the
// path, unless that is a wrapper, such as a middleware, a retry loop or a worker. A
// call that calls several functions makes its function a wrapper, and so is a
// function that calls nothing but a wrapper. What is called there is the operation's.
func (g callGraph) entryOf(path calls) string {
	i := maxCalls - 1
	for i > 0 && path[i] == nil {
		i--
	}
	if path[i] == nil {
		return ""
	}
	for j := i; j > 0; j-- {
		if g.at[path[j]] == "" {
			i = j - 1
		} else if g.of[path[j].site.Function] == "" {
			break
		}
	}
	return path[i].site.Function
}
