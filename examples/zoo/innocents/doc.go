// Package innocents has a small program in each file that leaks nothing, though its
// memory grows, swings or stays high.
package innocents

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
