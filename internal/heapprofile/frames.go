package heapprofile

import (
	"runtime"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// frame is what is known of one return address.
type frame struct {
	id          heaptag.ID // of the tag whose call returns there; 0 for none
	application bool
	owner       string // operation that the function was learned to belong to
	site        appframe.Site
}

// Owners are the operations of functions that belong to exactly one, by the
// function's [appframe.ShortName].
type Owners map[string]string

// newFrame is what a function's name and a line tell. A tag can be told by its line
// too: the compiler may give it a second call, as for a callee that is hot.
func (o Owners) newFrame(function, file string, line int) frame {
	f := frame{application: appframe.IsApplication(function), site: appframe.Site{Function: appframe.ShortName(function), File: file, Line: line}}
	f.owner = o[f.site.Function]
	if heaptag.IsDispatch(function) {
		f.id, _ = heaptag.AtLine(line)
	}
	return f
}

// frames looks return addresses up, each once: a profile of 25,000 stacks has
// some thousand addresses. The stacks of records have an address for each frame,
// inlined ones included.
type frames struct {
	tags   map[uintptr]heaptag.ID
	owners Owners
	known  map[uintptr]*frame
}

func newFrames(tags map[uintptr]heaptag.ID, owners Owners) *frames {
	return &frames{tags: tags, owners: owners, known: make(map[uintptr]*frame)}
}

func (fs *frames) at(pc uintptr) *frame {
	f := fs.known[pc]
	if f == nil {
		resolved, _ := runtime.CallersFrames([]uintptr{pc}).Next()
		made := fs.owners.newFrame(resolved.Function, resolved.File, resolved.Line)
		if id, ok := fs.tags[pc]; ok {
			made.id = id
		}
		f = &made
		fs.known[pc] = f
	}
	return f
}
