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

// code says of each function of some profiles whose it is: by what they say of its file,
// and not by the build information of the program that reads them.
type code map[*profile.Function]owner

// owner says whose a function is, and whether an operation can begin with it.
type owner struct {
	kind   appframe.Kind
	begins bool
}

// codeOf is of the functions of all profiles that are not nil.
func codeOf(profiles ...*profile.Profile) code {
	outside, owners := appframe.NewOutside(), make(code)
	for _, p := range profiles {
		if p == nil {
			continue
		}
		outside.LearnFrom(func(learn func(function, file string)) {
			for _, f := range p.Function {
				learn(f.Name, f.Filename)
			}
		})
	}
	of := appframe.Code(outside.Kind)
	for _, p := range profiles {
		if p == nil {
			continue
		}
		for _, f := range p.Function {
			owners[f] = owner{kind: of(f.Name, f.Filename), begins: of.MayBegin(f.Name, f.Filename)}
		}
	}
	return owners
}

// sites returns the application's lines that are nearest to the allocation and
// nearest to the goroutine's start, or a dependency's where the application is not on
// the stack; ok is false where neither is.
func sites(s *profile.Sample, owners code) (innermost, outermost site, ok bool) {
	best := appframe.Dependency
	for _, location := range s.Location {
		for _, l := range location.Line {
			of := owners[l.Function]
			if !of.begins || of.kind < best {
				continue
			}
			outermost = site{appframe.ShortName(l.Function.Name), l.Function.Filename, l.Line}
			if !ok || of.kind > best {
				innermost, best, ok = outermost, of.kind, true
			}
		}
	}
	return innermost, outermost, ok
}
