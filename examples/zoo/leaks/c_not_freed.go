//go:build cgo && unix

package leaks

/*
#include <stdlib.h>
#include <string.h>
*/
import "C"

import (
	"context"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// decoder has a C library's frames, which the caller must free.
type decoder struct{ service *service.Service }

const frameBytes = 48 << 10

func (d *decoder) decode(context.Context) {
	frame := C.malloc(frameBytes) // LEAK:
	C.memset(frame, 1, frameBytes)
	if !d.service.Grows() {
		C.free(frame)
	}
}

func init() {
	register(service.Case{
		Name:      "c-not-freed",
		Kind:      service.Outside,
		Operation: "decode_frame",
		Functions: []string{"(*decoder).decode"},
		Setup:     func(s *service.Service) { s.Every(30*time.Millisecond, "decode_frame", (&decoder{s}).decode) },
	})
}
