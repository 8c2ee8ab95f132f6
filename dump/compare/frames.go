package compare

import (
	"strings"

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

// sites returns the application's lines that are nearest to the allocation and
// nearest to the goroutine's start; ok is false if the stack has none.
func sites(s *profile.Sample) (innermost, outermost site, ok bool) {
	for _, location := range s.Location {
		for _, l := range location.Line {
			if l.Function == nil || !isApplication(l.Function.Name) {
				continue
			}
			outermost = site{appframe.ShortName(l.Function.Name), l.Function.Filename, l.Line}
			if !ok {
				innermost, ok = outermost, true
			}
		}
	}
	return innermost, outermost, ok
}

// isApplication is [appframe.MayBegin] for profiles of other programs. That one
// knows from the build information of this program which modules have a name without
// a dot. Here, a package without a dot is the application's unless its first folder
// is one of the standard library.
func isApplication(function string) bool {
	first, _, found := strings.Cut(function, "/")
	if found && !strings.ContainsAny(first, ".[(") && !standard[first] {
		return true
	}
	return appframe.MayBegin(function)
}

// standard are the folders of the standard library that contain further packages.
var standard = setOf("archive", "cmd", "compress", "container", "crypto", "database", "debug", "embed", "encoding", "go",
	"hash", "html", "image", "index", "internal", "io", "log", "math", "mime", "net", "os", "path", "reflect", "regexp",
	"runtime", "sync", "syscall", "testing", "text", "time", "unicode", "vendor")

func setOf(names ...string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}
