package goroutines

import "testing"

func TestNamesAreAsInTheSource(t *testing.T) {
	for function, want := range map[string]string{
		"main.talk": "main.talk",
		"gopkg.in/natefinch/lumberjack%2ev2.(*Logger).millRun": "gopkg.in/natefinch/lumberjack.v2.(*Logger).millRun",
		"main.Map[go.shape.[]int].func1":                       "main.Map[...].func1",
		"odd%zz%2":                                             "odd%zz%2",
	} {
		if got := readableName(function); got != want {
			t.Errorf("%q reads %q, want %q", function, got, want)
		}
	}
}

func TestClosuresBelongToTheFunctionAroundThem(t *testing.T) {
	for function, want := range map[string]string{
		"main.talk":                 "main.talk",
		"main.talk.func1":           "main.talk",
		"main.(*pool).run.func2.1":  "main.(*pool).run",
		"main.Map[...].func1":       "main.Map[...]",
		"main.start.gowrap2":        "main.start",
		"main.stop.deferwrap1":      "main.stop",
		"main.(*pool).run-fm":       "main.(*pool).run",
		"main.x.function":           "main.x.function",
		"github.com/a/b.f.func1.g1": "github.com/a/b.f",
	} {
		if got := declaredFunction(function); got != want {
			t.Errorf("%q is in %q, want %q", function, got, want)
		}
	}
}

func TestWhoStartsAGoroutineAndWhereItIsBlocked(t *testing.T) {
	library := func(name string) *frame { return &frame{function: name, place: name + ".go:1"} }
	application := func(name string) *frame { return &frame{function: name, place: name + ".go:1", application: true} }
	for name, test := range map[string]struct {
		frames            []*frame
		cut               bool
		starter, function string
	}{
		"outermost and innermost line of the application": {
			[]*frame{library("runtime.gopark"), library("sync.Wait"), application("main.wait"), application("main.serve.func1"), library("errgroup.Go")}, false, "main.serve", "main.wait",
		},
		"a library alone": {
			[]*frame{library("runtime.gopark"), library("bufio.Peek"), library("net/http.readLoop")}, false, "", "net/http.readLoop",
		},
		"a library in a coroutine": {
			[]*frame{library("runtime.coroswitch"), library("iter.Pull"), library("runtime.corostart")}, false, "", "iter.Pull",
		},
		"what was not seen starts nothing": {
			[]*frame{library("runtime.gopark"), application("main.wait"), application("main.deep")}, true, "", "main.wait",
		},
		"nothing": {nil, false, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := stack{test.frames, test.cut}
			if s.starter() != test.starter || s.blocked().function != test.function {
				t.Errorf("started by %q, blocked in %q; want %q, %q", s.starter(), s.blocked().function, test.starter, test.function)
			}
		})
	}
}
