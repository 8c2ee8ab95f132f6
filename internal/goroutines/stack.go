package goroutines

import (
	"slices"
	"strconv"
	"strings"

	"github.com/otelmem/otelmem-go/internal/appframe"
)

// frame is a frame of a stack.
type frame struct {
	function    string // as a person reads it
	place       string // file:line
	application bool
}

func (t *tally) newFrame(function, file string, line int) frame {
	return frame{
		function:    readableName(function),
		place:       file + ":" + strconv.Itoa(line),
		application: t.isApplication(function, file),
	}
}

// stack is a goroutine's frames, the innermost first.
type stack struct {
	frames []*frame
	cut    bool // it may go on beyond its outermost frame
}

// starter is the function that started the goroutine, as far as the stack shows it:
// the application's outermost one, without the closures in it.
func (s *stack) starter() string {
	if s.cut {
		return ""
	}
	for _, f := range slices.Backward(s.frames) {
		if f.application {
			return declaredFunction(f.function)
		}
	}
	return ""
}

// blocked is where the goroutine is blocked.
func (s *stack) blocked() frame {
	for _, f := range s.frames {
		if f.application {
			return *f
		}
	}
	// Of a library's own goroutine the outermost function says what it is for.
	for _, f := range slices.Backward(s.frames) {
		if !strings.HasPrefix(f.function, "runtime.") {
			return *f
		}
	}
	return frame{}
}

// isOwn says that the goroutine is the one that reads.
func (s *stack) isOwn() bool {
	for _, f := range s.frames {
		if f.function == ownRead {
			return true
		}
		if !strings.HasPrefix(f.function, "runtime") && !strings.Contains(f.function, ownPackage) {
			return false
		}
	}
	return false
}

const (
	ownPackage = "github.com/otelmem/otelmem-go/internal/goroutines."
	ownRead    = ownPackage + "read"
)

func (s *stack) functions() []string {
	names := make([]string, len(s.frames))
	for i, f := range s.frames {
		names[i] = f.function
	}
	return names
}

// readableName is a function's name with what the linker escaped put back and without
// type arguments.
func readableName(function string) string {
	function = appframe.ShortName(function)
	if !strings.Contains(function, "%") {
		return function
	}
	var b strings.Builder
	for i := 0; i < len(function); i++ {
		if function[i] == '%' && i+2 < len(function) {
			if c, err := strconv.ParseUint(function[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(function[i])
	}
	return b.String()
}

// declaredFunction is the function around a closure: main.f of main.f.func1.2 and of
// main.f.gowrap1.
func declaredFunction(function string) string {
	for _, closure := range []string{".func", ".gowrap", ".deferwrap"} {
		if i := strings.Index(function, closure); i > 0 && startsWithDigit(function[i+len(closure):]) {
			function = function[:i]
		}
	}
	return strings.TrimSuffix(function, "-fm")
}

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }
