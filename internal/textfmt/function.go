package textfmt

import (
	"path"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"
)

// ShortFunction shortens a function's full name to what a person calls it: without its
// package's path and version, "v3rpc.(*watchServer).Watch" of
// "go.etcd.io/etcd/server/v3/etcdserver/api/v3rpc.(*watchServer).Watch". Show the full
// name beside it, or on demand.
func ShortFunction(function string) string {
	pkg, name := cutPackage(function)
	if name == "" {
		return function
	}
	return packageName(pkg) + "." + withoutCaller(name)
}

// closure is a closure's number and those of the closures in it, before a name.
var closure = regexp.MustCompile(`\.func[0-9]+(\.[0-9]+)*\.[^0-9]`)

// withoutCaller shortens the name of a closure in a function that was inlined into a
// closure: the compiler puts the caller's name before it, "setup.func1.auth.1" for
// "auth.1".
func withoutCaller(name string) string {
	all := closure.FindAllStringIndex(name, -1)
	if len(all) == 0 {
		return name
	}
	inlined := name[all[len(all)-1][1]-1:]
	if strings.HasPrefix(inlined, "gowrap") || strings.HasPrefix(inlined, "deferwrap") {
		return name // the compiler's own
	}
	return inlined
}

// ShortSource shortens a source file's path by the function that it is of: relative to the
// main module, however the program was built, else the last two parts.
func ShortSource(function, file string) string {
	return shortSource(function, file, mainProgram())
}

func shortSource(function, file string, p program) string {
	pkg, _ := cutPackage(function)
	if pkg == "main" {
		pkg = p.main
	}
	slashed := strings.ReplaceAll(file, `\`, "/")
	switch {
	case p.module == "":
	case pkg == p.module:
		return path.Base(slashed)
	case strings.HasPrefix(pkg, p.module+"/"):
		if short := pkg[len(p.module)+1:] + "/" + path.Base(slashed); strings.HasSuffix(slashed, short) {
			return short
		}
	}
	parts := strings.Split(slashed, "/")
	return strings.Join(parts[max(0, len(parts)-2):], "/")
}

// cutPackage splits a function's full name into its package's path and its own name. Type
// arguments and receivers can contain paths of other packages.
func cutPackage(function string) (pkg, name string) {
	end := strings.IndexAny(function, "[(")
	if end < 0 {
		end = len(function)
	}
	last := strings.LastIndexByte(function[:end], '/') + 1
	dot := strings.IndexByte(function[last:], '.')
	if dot < 0 {
		return "", ""
	}
	// The linker escapes dots in the last element of a path.
	return strings.ReplaceAll(function[:last+dot], "%2e", "."), function[last+dot+1:]
}

// packageName is the last element of a package's path that is no version.
func packageName(pkg string) string {
	parts := strings.Split(pkg, "/")
	for len(parts) > 1 && IsVersion(parts[len(parts)-1]) {
		parts = parts[:len(parts)-1]
	}
	return parts[len(parts)-1]
}

// IsVersion says whether an element of an import path is a major version, such as "v3".
func IsVersion(element string) bool {
	digits, ok := strings.CutPrefix(element, "v")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// program is what a program's build information says: the path of its main module, and
// of its package main. Both are empty where that is not known.
type program struct{ module, main string }

var mainProgram = sync.OnceValue(func() program {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Path == "command-line-arguments" {
		return program{module: mainModule()}
	}
	return program{module: info.Main.Path, main: info.Path}
})
