// Package leaks has a small program with a known leak in each file, of a kind that
// public bug reports show. The lines that are right answers end with a comment.
package leaks

import (
	"embed"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// Source is the cases as they stand here.
//
//go:embed *.go
var Source embed.FS

// register adds the case of the calling file.
func register(c service.Case) { service.Register(c, Source) }
