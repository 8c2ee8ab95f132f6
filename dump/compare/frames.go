package compare

import (
	"strings"

	"github.com/google/pprof/profile"

	"github.com/otelmem/otelmem-go/internal/appframe"
)

const (
	// librariesOnly is the name of what was allocated with no application code on
	// the stack, as in the report.
	librariesOnly = "runtime and libraries"
	// untagged is the category of what has no labels, as in the report.
	untagged = "untagged"
)

// site is a line of the application.
type site struct {
	function, file string
	line           int64
}

// sites returns the application's lines nearest to the allocation and nearest
// to the goroutine's start; ok is false where it has none on the stack.
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

// isApplication is [appframe.IsApplication] for profiles of other programs. That
// one knows from this program's build which modules have a name without a dot;
// here they are told from the standard library by its folders.
func isApplication(function string) bool {
	first, _, found := strings.Cut(function, "/")
	if found && !strings.ContainsAny(first, ".[(") && !standard[first] {
		return true
	}
	return appframe.IsApplication(function)
}

// standard are the first elements of the standard library's packages that have
// more than one.
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
