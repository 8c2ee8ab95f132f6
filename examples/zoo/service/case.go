package service

import (
	"cmp"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/internal/order"
)

// Kind is what a leak leaks.
type Kind string

// The kinds, as recorded series name them.
const (
	Heap      Kind = "heap"
	Goroutine Kind = "goroutine"
	Outside   Kind = "external" // memory that the Go runtime does not know of
	None      Kind = "none"     // an innocent
)

const (
	// defaultRate is how many requests a second a case gets.
	defaultRate = 20
	// leakComment follows each line of a case that is a right answer.
	leakComment = "// LEAK:"
)

// Case is one program with known truth: what it does wrong, in which operation
// and at which lines, or that it does nothing wrong.
type Case struct {
	Name string
	// Kind is Heap where nothing is said.
	Kind Kind
	// Operation is the route or job that leaks; empty for an innocent.
	Operation string
	// Others are further operations that leak by the same line.
	Others []string
	// Functions are right answers too where nothing is wrapped: the operation's
	// own functions, without their package.
	Functions []string
	// Neighbour says that this innocent runs beside every other case.
	Neighbour bool
	// Env is added to the service's environment.
	Env []string

	// Setup adds the case's routes and jobs to the service.
	Setup func(*Service)

	// Request makes the i-th request of the load; nil where the case is a job.
	Request func(i int) Request
	// Rate is how many requests a second; 20 where nothing is said.
	Rate float64
	// Shape multiplies Rate at a time since the load began; nil for 1.
	Shape func(at time.Duration) float64
	// Clients is how many requests can be under way at once; 4 where nothing is
	// said.
	Clients int

	file  string   // its source, below the zoo: leaks/map_by_user.go
	lines []string // right answers: leaks/map_by_user.go:31
}

// Request is one request of the load.
type Request struct {
	Method, Path string
	Body         []byte
	// Timeout is how long the client waits; 10 s where nothing is said.
	Timeout time.Duration
}

// Get makes requests for a path, in which %d becomes the request's number.
func Get(pattern string) func(i int) Request {
	return func(i int) Request {
		r := Request{Method: http.MethodGet, Path: pattern}
		if strings.Contains(pattern, "%d") {
			r.Path = fmt.Sprintf(pattern, i)
		}
		return r
	}
}

// Post makes requests with a body, as [Get].
func Post(pattern string, body []byte) func(i int) Request {
	get := Get(pattern)
	return func(i int) Request {
		r := get(i)
		r.Method, r.Body = http.MethodPost, body
		return r
	}
}

var cases = map[string]*Case{}

// Register adds a case of the caller's caller's file, which is read from source
// for its lines that leak. A case that contradicts itself is a panic: it is a
// mistake in the program.
func Register(c Case, source fs.ReadFileFS) {
	_, file, _, ok := runtime.Caller(2)
	if !ok {
		panic("zoo: no caller of Register")
	}
	folder, name := path.Base(path.Dir(file)), path.Base(file)
	c.file = path.Join(folder, name)
	text, err := source.ReadFile(name)
	if err != nil {
		panic(fmt.Sprintf("zoo: source of case %s: %v", c.Name, err))
	}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		if strings.Contains(line, leakComment) {
			c.lines = append(c.lines, fmt.Sprintf("%s:%d", c.file, number))
		}
	}
	if c.Kind == "" {
		c.Kind = Heap
	}
	if c.Rate == 0 {
		c.Rate = defaultRate
	}
	if err := c.check(); err != nil {
		panic("zoo: " + err.Error())
	}
	cases[c.Name] = &c
}

func (c *Case) check() error {
	switch leaks := c.Kind != None; {
	case cases[c.Name] != nil:
		return fmt.Errorf("case %s in %s: the name is taken by %s", c.Name, c.file, cases[c.Name].file)
	case leaks && (c.Operation == "" || len(c.lines) == 0 || len(c.Functions) == 0):
		return fmt.Errorf("leak %s in %s: want an operation, functions and a line with %s", c.Name, c.file, leakComment)
	case !leaks && (c.Operation != "" || len(c.lines) > 0 || len(c.Functions) > 0):
		return fmt.Errorf("innocent %s in %s: want no operation, no functions and no line with %s", c.Name, c.file, leakComment)
	case c.Neighbour && leaks:
		return fmt.Errorf("leak %s in %s: only innocents are neighbours", c.Name, c.file)
	}
	return nil
}

// Cases are all cases, leaks first, by name.
func Cases() []*Case {
	var all []*Case
	for _, c := range cases {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *Case) int {
		return cmp.Or(order.TrueFirst(a.Leaks(), b.Leaks()), strings.Compare(a.Name, b.Name))
	})
	return all
}

// Find is the case of that name, or nil.
func Find(name string) *Case { return cases[name] }

// Neighbours are the innocents that run beside c.
func (c *Case) Neighbours() []*Case {
	return slices.DeleteFunc(Cases(), func(n *Case) bool { return !n.Neighbour || n.Name == c.Name })
}

// Leaks says whether the case is a leak.
func (c *Case) Leaks() bool { return c.Kind != None }

// Lines are the lines that are right answers, as folder/file.go:31.
func (c *Case) Lines() []string { return c.lines }

// Is says whether name, of a row or in a text, is the operation that leaks, or
// one of its functions or their closures.
func (c *Case) Is(name string) bool {
	if c.Operation == "" {
		return false
	}
	if name == c.Operation || slices.Contains(c.Others, name) {
		return true
	}
	folder := path.Dir(c.file)
	return slices.ContainsFunc(c.Functions, func(function string) bool {
		_, within, ok := strings.Cut(name, folder+".")
		if !ok {
			return false
		}
		// A function that was inlined has its caller's name before its own.
		_, rest, ok := strings.Cut("."+within, "."+function)
		return ok && (rest == "" || rest[0] == '.' || rest[0] == '-')
	})
}
