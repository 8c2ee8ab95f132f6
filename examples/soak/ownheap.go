package main

import (
	"math"
	"runtime"
	"strings"
)

// module is what the functions of this module begin with.
const module = "github.com/otelmem/otelmem-go/"

// ownHeap estimates what diagnostics hold, in bytes, by the runtime's heap profile: what
// was allocated for code of this module, by itself or by the standard library that it
// called.
func ownHeap() (bytes int64) {
	records := make([]runtime.MemProfileRecord, 4096)
	for {
		n, ok := runtime.MemProfile(records, false)
		if ok {
			records = records[:n]
			break
		}
		records = make([]runtime.MemProfileRecord, n+n/4)
	}
	for i := range records {
		r := &records[i]
		if isOwn(runtime.CallersFrames(r.Stack())) {
			bytes += scaled(r.InUseObjects(), r.InUseBytes())
		}
	}
	return bytes
}

// scaled is what sampled objects stand for: the larger an object, the likelier it is
// sampled.
func scaled(objects, bytes int64) int64 {
	if objects == 0 {
		return 0
	}
	size := float64(bytes) / float64(objects)
	return int64(float64(bytes) / (1 - math.Exp(-size/float64(runtime.MemProfileRate))))
}

// isOwn says whether the innermost function of a stack that is not the standard
// library's is this module's. The tags lie further out, and the service's code between.
func isOwn(frames *runtime.Frames) bool {
	for {
		frame, more := frames.Next()
		switch f := frame.Function; {
		case strings.HasPrefix(f, module):
			return !strings.HasPrefix(f, module+"examples/")
		case strings.HasPrefix(f, "main."), strings.HasPrefix(f, "net/http."), ofADependency(f), !more:
			return false
		}
	}
}

// ofADependency says whether the path of a function's package begins with a domain.
func ofADependency(function string) bool {
	first, _, path := strings.Cut(function, "/")
	return path && strings.Contains(first, ".")
}
