package appframe

import (
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
)

// thisProgram is known from the build information, which the linker stores in every
// program, whatever its flags.
var thisProgram = sync.OnceValue(func() *program {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = new(debug.BuildInfo)
	}
	return newProgram(info)
})

// newProgram finds out which modules are the application's. Where the build did not
// record the main module, as some build systems do not, all code is taken for the
// application's that is neither this module's nor of the standard library.
func newProgram(info *debug.BuildInfo) *program {
	p := &program{modules: make(map[string]Kind), unknown: Dependency}
	main := info.Main.Path
	if main == "" {
		p.unknown = Application
	}
	for _, module := range info.Deps {
		p.modules[module.Path] = p.unknown
		if isLocal(module) || main != "" && repository(module.Path) == repository(main) {
			p.modules[module.Path] = Application
		}
	}
	if main != "" {
		p.modules[main] = Application
	}
	return p
}

// isLocal reports whether a module was built from a folder and not from a release:
// one of a workspace, or one that is replaced by a path. Such code is developed
// together with the application.
func isLocal(module *debug.Module) bool {
	if module.Replace == nil {
		return module.Version == "(devel)"
	}
	path := module.Replace.Path
	return strings.HasPrefix(path, "./") || strings.HasPrefix(path, "../") || filepath.IsAbs(path)
}

// repository returns the part of a module's path that its repository's modules
// share: large programs have several modules in one. It is the host and the next
// element, or two elements where the host is shared by many owners.
func repository(module string) string {
	elements := strings.SplitN(module, "/", 4)
	n := 2
	switch elements[0] {
	case "github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "golang.org":
		n = 3
	}
	return strings.Join(elements[:min(n, len(elements))], "/")
}
