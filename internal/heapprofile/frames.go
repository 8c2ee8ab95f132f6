package heapprofile

import (
	"runtime"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// Owners maps functions that belong to exactly one operation, by their
// [appframe.ShortName], to that operation.
type Owners map[string]string

// frame is what one frame of a stack contributes to the stack's attribution.
type frame struct {
	tag      heaptag.ID // of the call site; 0 for none
	kind     appframe.Kind
	serves   bool   // as of [appframe.Serves]
	passesOn bool   // as of [appframe.PassesOn], or part of the runtime or this module
	owner    string // operation that the function belongs to; "" for none
	site     appframe.Site
}

// newFrame recognizes a tag by its line. Its return address is not enough: the
// compiler may emit a call twice, as it does for hot callees under PGO. Where
// positions were obfuscated the address is all there is.
func (o Owners) newFrame(function, file string, line int) frame {
	f := frameOf(appframe.Of(function), function, file, line)
	f.owner = o[f.site.Function]
	if function == heaptag.DispatchName() && heaptag.LinesHold() {
		f.tag, _ = heaptag.AtLine(line)
	}
	return f
}

// frameOf is a frame of code of that kind.
func frameOf(kind appframe.Kind, function, file string, line int) frame {
	return frame{
		kind:     kind,
		serves:   kind != appframe.Runtime && appframe.Serves(function),
		passesOn: kind == appframe.Runtime || kind == appframe.Module || kind == appframe.Standard && appframe.PassesOn(function),
		site:     appframe.Site{Function: appframe.ShortName(function), File: file, Line: line},
	}
}

// frames resolves return addresses, each once: a profile of 25,000 stacks has some
// thousand distinct ones. The stacks of the runtime's records have an address for
// each frame, inlined frames included.
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
		if tag, ok := fs.tags[pc]; ok {
			made.tag = tag
		}
		f = &made
		fs.known[pc] = f
	}
	return f
}
