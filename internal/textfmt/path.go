package textfmt

import (
	"runtime/debug"
	"strings"
	"sync"
)

// pathParts is how many parts of an absolute path are kept: where a program is built
// without -trimpath, the first ones are of the machine that built it.
const pathParts = 3

// ShortPath shortens a source file's path for a sentence: relative to the main module,
// to the module cache ("github.com/acme/x@v1.2.0/y.go"), or else its last three parts.
// Where space is ample, show the path as it is.
func ShortPath(path string) string { return shortPath(path, mainModule()) }

func shortPath(path, module string) string {
	if short, ok := strings.CutPrefix(path, module+"/"); ok && module != "" {
		return short
	}
	if _, short, ok := strings.Cut(path, "/pkg/mod/"); ok {
		return short
	}
	if !strings.HasPrefix(path, "/") && !strings.Contains(path, ":") {
		return path // as built with -trimpath, or nothing to shorten
	}
	parts := strings.Split(strings.ReplaceAll(path, `\`, "/"), "/")
	return strings.Join(parts[max(0, len(parts)-pathParts):], "/")
}

// ShortPlace shortens the path of a file:line as [ShortPath] does.
func ShortPlace(place string) string {
	if i := strings.LastIndexByte(place, ':'); i > 0 {
		return ShortPath(place[:i]) + place[i:]
	}
	return place
}

// mainModule is the path of the program's main module; empty where it is not known.
var mainModule = sync.OnceValue(func() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Path
	}
	return ""
})
