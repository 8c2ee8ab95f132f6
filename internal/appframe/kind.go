package appframe

import (
	"net/url"
	"reflect"
	"strings"
	"sync"
)

// Kind says whose code a function is. A larger one is nearer to what a person who
// looks for a line of their program wants to see.
type Kind uint8

// Kinds, the least telling first.
const (
	// Runtime is package runtime and what it is made of.
	Runtime Kind = iota
	// Standard is the rest of the standard library.
	Standard
	// Module is this module, which serves the application.
	Module
	// Dependency is any other module.
	Dependency
	// Application is package main, the main module and the modules of the same
	// repository.
	Application
)

// Of returns whose code a function is, by its full name as in [runtime.Frame].
// It is safe for concurrent use.
func Of(function string) Kind { return thisProgram().kindOf(PackageOf(function)) }

// PackageOf returns the import path of a function's package.
func PackageOf(function string) string {
	// Type arguments name other packages than the function's own.
	function, _, _ = strings.Cut(function, "[")
	last := strings.LastIndexByte(function, '/') + 1
	name, _, _ := strings.Cut(function[last:], ".")
	path := function[:last+len(name)]
	if strings.IndexByte(path, '%') < 0 {
		return path
	}
	// The linker escapes dots in the last element: gopkg.in/yaml%2ev3.
	if plain, err := url.PathUnescape(path); err == nil {
		return plain
	}
	return path
}

// program is what the build information says about a program.
type program struct {
	// modules has the kind of each module, by its path. unknown is the kind of
	// packages of no known module.
	modules map[string]Kind
	unknown Kind
	known   sync.Map // Kind by package path: as many as the program has packages
}

func (p *program) kindOf(path string) Kind {
	if kind, ok := p.known.Load(path); ok {
		return kind.(Kind)
	}
	kind := p.find(path)
	p.known.Store(strings.Clone(path), kind)
	return kind
}

func (p *program) find(path string) Kind {
	switch {
	case path == "main":
		return Application
	case isRuntime(path):
		return Runtime
	case isOwn(path):
		return Module
	}
	// Tests in a package of their own: its path is the tested one's with a suffix.
	for in := strings.TrimSuffix(path, "_test"); ; {
		if kind, ok := p.modules[in]; ok {
			return kind
		}
		slash := strings.LastIndexByte(in, '/')
		if slash < 0 {
			break
		}
		in = in[:slash]
	}
	// Packages of the standard library have no dot in their first element.
	if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") {
		return Standard
	}
	return p.unknown
}

func isRuntime(path string) bool {
	return path == "" || path == "runtime" || strings.HasPrefix(path, "internal/runtime/") || strings.HasPrefix(path, "runtime/internal/")
}

// own is this module's path: that of a fork where this is one.
var own, _ = strings.CutSuffix(reflect.TypeFor[Site]().PkgPath(), "/internal/appframe")

// isOwn reports whether a package is one that a program imports to be diagnosed, or
// one of those below them. Examples and commands are applications.
func isOwn(path string) bool {
	rest, ok := strings.CutPrefix(path, own+"/")
	if !ok {
		return false
	}
	first, rest, _ := strings.Cut(rest, "/")
	switch first {
	case "internal", "otelmem", "spanhook", "dump":
		return !strings.HasPrefix(rest, "cmd/")
	}
	return false
}
