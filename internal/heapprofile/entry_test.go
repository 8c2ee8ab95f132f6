package heapprofile

import (
	"maps"
	"slices"
	"testing"
)

// program keeps the frames of a program, as a reading does: one for each call.
type program map[string]*frame

// stack adds the frames, the outermost first. A call is a function's name, with a
// number after a colon where the function has several.
func (p program) stack(all *sums, outermostFirst ...string) {
	var s attributedStack
	for _, call := range slices.Backward(outermostFirst) {
		f := p[call]
		if f == nil {
			function := call
			if n := len(call) - 2; call[n] == ':' {
				function = call[:n]
			}
			made := Owners(nil).newFrame(function, "f.go", len(p))
			f = &made
			p[call] = f
		}
		s.add(f)
	}
	all.add(&s, false, 1, 0, 1)
}

func TestOperationBeginsBelowServersAndWrappers(t *testing.T) {
	const chi, handler = "github.com/go-chi/chi/v5.(*Mux).routeHTTP", "net/http.HandlerFunc.ServeHTTP"
	for name, c := range map[string]struct {
		stacks [][]string
		want   []string
	}{
		"a router's handlers": {[][]string{
			{"net/http.(*conn).serve", chi, "main.list", "main.load"},
			{"net/http.(*conn).serve", chi, "main.get", "main.load"},
		}, []string{"main.get", "main.list"}},
		"middleware of the application": {[][]string{
			{handler, "main.recoverer.func8", handler, "main.list"},
			{handler, "main.recoverer.func8", handler, "main.get", "main.store:1"},
			{handler, "main.recoverer.func8", handler, "main.get", "main.store:2"},
		}, []string{"main.get", "main.list"}},
		"middleware that calls functions": {[][]string{
			{"github.com/labstack/echo/v4.(*Echo).ServeHTTP", "main.logged.func1", "main.checked.func1", "main.list"},
			{"github.com/labstack/echo/v4.(*Echo).ServeHTTP", "main.logged.func1", "main.checked.func1", "main.get"},
			{"github.com/labstack/echo/v4.(*Echo).ServeHTTP", "main.logged.func1"},
		}, []string{"main.get", "main.list", "main.logged.func1"}},
		"a worker that runs all jobs": {[][]string{
			{"main.setup.func1:1", "example.com/lib.hidden", "main.applyRules"},
			{"main.setup.func1:1", "main.(*Svc).Job", "main.applyRules", "example.com/goja.run"},
			{"main.setup.func1:2", "main.(*Svc).Job", "main.sumUp", "example.com/goja.run"},
		}, []string{"main.applyRules", "main.setup.func1", "main.sumUp"}},
		"goroutines that one function starts": {[][]string{
			{"main.(*Server).startGoRoutine.func1", "main.(*stream).internalLoop", "main.store"},
			{"main.(*Server).startGoRoutine.func1", "main.(*client).readLoop", "main.parse"},
		}, []string{"main.(*client).readLoop", "main.(*stream).internalLoop"}},
		"a function that calls several is no wrapper": {[][]string{
			{"main.sync:1", "main.read"},
			{"main.sync:2", "main.write"},
		}, []string{"main.sync"}},
		"not even where one of them is a wrapper": {[][]string{
			{"main.sync:1", "main.read"},
			{"main.sync:2", "main.save", "main.saveFile"},
			{"main.sync:2", "main.save", "main.saveTable"},
		}, []string{"main.sync"}},
		"middleware of which one route is known": {[][]string{
			{handler, "main.recoverer.func8", handler, "main.list"},
		}, []string{"main.list"}},
		"nor is one that calls one": {[][]string{
			{"main.sync", "main.read", "main.parse"},
		}, []string{"main.sync"}},
		"an encoder that calls back": {[][]string{
			{"main.list", "encoding/json.Marshal", "main.(*Item).MarshalJSON"},
			{"main.list", "encoding/json.Marshal", "main.(*Price).MarshalJSON"},
		}, []string{"main.list"}},
		"generated code of a service": {[][]string{
			{"google.golang.org/grpc.(*Server).processUnaryRPC", "example.com/pb._Shop_Get_Handler", "main.logged", "example.com/pb._Shop_Get_Handler.func1", "main.(*shop).Get"},
			{"google.golang.org/grpc.(*Server).processUnaryRPC", "example.com/pb._Shop_Put_Handler", "main.logged", "example.com/pb._Shop_Put_Handler.func1", "main.(*shop).Put"},
		}, []string{"main.(*shop).Get", "main.(*shop).Put"}},
		"a server of the standard library": {[][]string{
			{"github.com/miekg/dns.(*Server).serveUDPPacket", "main.(*plugin).ServeDNS", "main.store"},
		}, []string{"main.(*plugin).ServeDNS"}},
		"dependencies alone": {[][]string{
			{"go.opentelemetry.io/collector/x.(*shard).start", "go.opentelemetry.io/collector/x.(*shard).add"},
			{"net/http.(*conn).serve", chi, "example.com/prom.Handler.func1", "example.com/prom.gather"},
			{"google.golang.org/grpc.(*Server).serveStreams"},
			{"net/http.(*conn).serve", "bufio.NewReader"},
		}, []string{"", "example.com/prom.Handler.func1", "go.opentelemetry.io/collector/x.(*shard).start"}},
		"wrappers that are deeper than is looked at": {[][]string{
			{"main.f0", "main.f1", "main.f2", "main.f3", "main.f4", "main.f5", "main.f6", "main.f7", "main.f8", "main.f9"},
		}, []string{"main.f0"}},
	} {
		t.Run(name, func(t *testing.T) {
			all, p := newSums(), make(program)
			for _, stack := range c.stacks {
				p.stack(all, stack...)
			}
			code := all.profile().Code
			if got := slices.Sorted(maps.Keys(code)); !slices.Equal(got, c.want) {
				t.Errorf("operations %q, want %q", got, c.want)
			}
			bytes := 0.0
			for _, u := range code {
				bytes += u.Live
			}
			if bytes != float64(len(c.stacks)) {
				t.Errorf("%v bytes, want one of each of the %d stacks", bytes, len(c.stacks))
			}
		})
	}
}
