package compare

import (
	"github.com/google/pprof/profile"

	"github.com/otelmem/otelmem-go/internal/appframe"
)

const (
	// librariesOnly is the name, as in the report, of what was allocated with no
	// function of the application on the stack.
	librariesOnly = "runtime and libraries"
	// untagged is the category, as in the report, of what has no labels.
	untagged = "untagged"
)

// site is a line of the application's code.
type site struct {
	function, file string
	line           int64
}

// codeOf tells whose the code of a program is by what its profiles say, and not by the
// build information of the program that reads them.
func codeOf(profiles ...*profile.Profile) appframe.Code {
	outside := appframe.NewOutside()
	// Where the runtime lies tells the standard library from all else: it goes first.
	for _, first := range []bool{true, false} {
		for _, p := range profiles {
			for _, f := range p.Function {
				if first == (appframe.PackageOf(f.Name) == "runtime") {
					outside.Learn(f.Name, f.Filename)
				}
			}
		}
	}
	return outside.Kind
}

// sites returns the application's lines that are nearest to the allocation and
// nearest to the goroutine's start, or a dependency's where the application is not on
// the stack; ok is false where neither is.
func sites(s *profile.Sample, code appframe.Code) (innermost, outermost site, ok bool) {
	best := appframe.Dependency
	for _, location := range s.Location {
		for _, l := range location.Line {
			if l.Function == nil || !code.MayBegin(l.Function.Name, l.Function.Filename) {
				continue
			}
			kind := code(l.Function.Name, l.Function.Filename)
			if ok && kind < best {
				continue
			}
			outermost = site{appframe.ShortName(l.Function.Name), l.Function.Filename, l.Line}
			if !ok || kind > best {
				innermost, best, ok = outermost, kind, true
			}
		}
	}
	return innermost, outermost, ok
}
