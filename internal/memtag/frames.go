package memtag

import (
	"runtime"
	"strings"
)

// Site is a line of code that allocates.
type Site struct {
	Function string
	File     string
	Line     int
}

// ofStack finds the two lines that a person cares for: the application's line
// nearest to the allocation, and the application's function nearest to the
// goroutine's start. Both are empty where no application code is on the stack.
func ofStack(stack []uintptr) (site Site, root string) {
	frames := runtime.CallersFrames(stack)
	for {
		frame, more := frames.Next()
		if frame.Function != "" && !isPlumbing(frame.Function) {
			if site.Function == "" {
				site = Site{frame.Function, frame.File, frame.Line}
			}
			root = frame.Function
		}
		if !more {
			return site, root
		}
	}
}

// plumbing is code that allocates for others.
var plumbing = []string{
	"go.opentelemetry.io/",
	"google.golang.org/",
	"github.com/felixge/httpsnoop.",
	"github.com/otelmem/otelmem-go/internal/",
	"github.com/otelmem/otelmem-go/spanhook",
	"github.com/otelmem/otelmem-go/dump",
	"github.com/otelmem/otelmem-go/otelmem",
}

func isPlumbing(function string) bool {
	// Packages of the standard library have no dot in their first element.
	first, _, _ := strings.Cut(function, "/")
	if first != function && !strings.Contains(first, ".") {
		return true
	}
	if first == function { // "main.f", "runtime.f", "net.f"
		pkg, _, _ := strings.Cut(function, ".")
		return pkg != "main"
	}
	for _, prefix := range plumbing {
		if strings.HasPrefix(function, prefix) {
			return true
		}
	}
	return false
}
