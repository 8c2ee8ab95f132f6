package appframe

import (
	"runtime/debug"
	"strings"
	"sync"
)

// dotlessModules are this program's modules whose path has no dot in its first
// element, as is common for private ones. By name alone they look like packages of
// the standard library.
var dotlessModules = sync.OnceValue(func() []string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	return dotless(info)
})

func dotless(info *debug.BuildInfo) (paths []string) {
	for _, module := range append([]*debug.Module{&info.Main}, info.Deps...) {
		first, _, _ := strings.Cut(module.Path, "/")
		if first != "" && first != "std" && !strings.Contains(first, ".") {
			paths = append(paths, module.Path)
		}
	}
	return paths
}
