package compare

import (
	"fmt"
	"maps"
	"math"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"github.com/otelmem/otelmem-go/internal/appframe"
)

// before and after are a service whose one route keeps what it allocates.
func before() *builder {
	return newHeap().
		holds("GET /leak", 100, 10, frame{"bytes.Repeat", 1}, frame{"main.make", 60}, frame{"main.serve", 7}, frame{"net/http.serve", 2}).
		holds("GET /shrinks", 900, 9, frame{"main.cache", 5}, frame{"main.serve", 7}).
		holds("", 50, 1, frame{"fmt.Sprint", 3}, frame{"main.load", 20}, frame{"main.main", 8}).
		holds("", 30, 1, frame{"runtime.malg", 4})
}

func after() *builder {
	return newHeap().
		holds("GET /leak", 400, 40, frame{"bytes.Repeat", 1}, frame{"main.make", 60}, frame{"main.serve", 7}, frame{"net/http.serve", 2}).
		holds("GET /leak", 120, 12, frame{"main.make", 61}, frame{"main.serve", 7}).
		holds("GET /shrinks", 0, 0, frame{"main.cache", 5}, frame{"main.serve", 7}).
		holds("", 50, 1, frame{"fmt.Sprint", 3}, frame{"main.load", 20}, frame{"main.main", 8}).
		holds("", 30, 1, frame{"runtime.malg", 4})
}

func TestWhatGrewMostComesFirst(t *testing.T) {
	const file = "app/file.go"
	for by, want := range map[Key][]Row{
		Operation: {
			{Name: "GET /leak", Category: "api", Base: 100, Now: 520, Delta: 420, BaseObjects: 10, NowObjects: 52, DeltaObjects: 42},
			{Name: "main.main", Category: "untagged", Base: 50, Now: 50, BaseObjects: 1, NowObjects: 1},
			{Name: "runtime and libraries", Category: "untagged", Base: 30, Now: 30, BaseObjects: 1, NowObjects: 1},
			{Name: "GET /shrinks", Category: "api", Base: 900, Delta: -900, BaseObjects: 9, DeltaObjects: -9},
		},
		Function: {
			{Name: "main.make", File: file, Base: 100, Now: 520, Delta: 420, BaseObjects: 10, NowObjects: 52, DeltaObjects: 42},
			{Name: "main.load", File: file, Base: 50, Now: 50, BaseObjects: 1, NowObjects: 1},
			{Name: "runtime and libraries", Base: 30, Now: 30, BaseObjects: 1, NowObjects: 1},
			{Name: "main.cache", File: file, Base: 900, Delta: -900, BaseObjects: 9, DeltaObjects: -9},
		},
		Line: {
			{Name: "main.make", File: file, Line: 60, Base: 100, Now: 400, Delta: 300, BaseObjects: 10, NowObjects: 40, DeltaObjects: 30},
			{Name: "main.make", File: file, Line: 61, Now: 120, Delta: 120, NowObjects: 12, DeltaObjects: 12},
			{Name: "main.load", File: file, Line: 20, Base: 50, Now: 50, BaseObjects: 1, NowObjects: 1},
			{Name: "runtime and libraries", Base: 30, Now: 30, BaseObjects: 1, NowObjects: 1},
			{Name: "main.cache", File: file, Line: 5, Base: 900, Delta: -900, BaseObjects: 9, DeltaObjects: -9},
		},
	} {
		rows, err := Rows(before().Profile, after().Profile, by)
		if err != nil || !reflect.DeepEqual(rows, want) {
			t.Errorf("by %s, %v:\n got %+v\nwant %+v", by, err, rows, want)
		}
		sum := Sum(rows)
		if sum.Base != 1080 || sum.Now != 600 || sum.Delta != -480 {
			t.Errorf("by %s they sum to %+v: every byte belongs to one row", by, sum)
		}
	}
}

func TestWithoutABaseEverythingGrew(t *testing.T) {
	rows, err := Rows(nil, before().Profile, Operation)
	if err != nil || rows[0].Name != "GET /shrinks" || rows[0].Delta != 900 || rows[0].Base != 0 {
		t.Errorf("got %+v, %v", rows, err)
	}
}

func TestSumsOfAnyNumbersStayInRange(t *testing.T) {
	base := newHeap().holds("a", math.MinInt64, math.MinInt64, frame{"main.f", 1})
	now := newHeap().holds("a", math.MaxInt64, 1, frame{"main.f", 1}).holds("a", math.MaxInt64, 1, frame{"main.f", 1})
	rows, err := Rows(base.Profile, now.Profile, Line)
	if err != nil || rows[0].Now != math.MaxInt64 || rows[0].Base != -math.MaxInt64 || rows[0].Delta != math.MaxInt64 {
		t.Errorf("got %+v, %v", rows, err)
	}
}

func TestRowsRefuseWhatTheyCannotCompare(t *testing.T) {
	cpu := newHeap()
	cpu.SampleType[2].Type, cpu.SampleType[3].Type, cpu.SampleType[3].Unit = "samples", "cpu", "nanoseconds"
	_, byErr := Rows(nil, before().Profile, "colour")
	_, nilErr := Rows(before().Profile, nil, Line)
	_, baseErr := Rows(cpu.Profile, before().Profile, Line)
	for want, err := range map[string]error{`"colour"`: byErr, "got none": nilErr, "the base": baseErr} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %s", err, want)
		}
	}
}

// Whose code a function is, is known by the profile: not by the program that reads it.
func TestTheLineIsTheApplicationsAndNotADependencys(t *testing.T) {
	at := func(function, file string) *profile.Function {
		return &profile.Function{Name: function, Filename: file}
	}
	functions := map[string]*profile.Function{
		"grow":   at("runtime.growslice", "/usr/local/go/src/runtime/slice.go"),
		"std":    at("mycorp.internal/x.f", "/usr/local/go/src/mycorp.internal/x/x.go"),
		"buffer": at("example.com/pool.(*Pool).Get", "/home/me/go/pkg/mod/example.com/pool@v1.2.0/pool.go"),
		"cache":  at("mycorp/shop/cache.Put", "/home/me/shop/cache/cache.go"),
		"main":   at("main.main", "/home/me/shop/main.go"),
		"start":  at("runtime.main", "/usr/local/go/src/runtime/proc.go"),
	}
	stack := func(names ...string) *profile.Sample {
		s := &profile.Sample{Value: []int64{1, 1, 1, 1}}
		for i, name := range names {
			s.Location = append(s.Location, &profile.Location{Line: []profile.Line{{Function: functions[name], Line: int64(i + 1)}}})
		}
		return s
	}
	p := &profile.Profile{Function: slices.Collect(maps.Values(functions))}
	code := codeOf(p)
	for want, s := range map[string]*profile.Sample{
		"mycorp/shop/cache.Put:3 main.main:4":                           stack("grow", "buffer", "cache", "main", "start"),
		"example.com/pool.(*Pool).Get:2 example.com/pool.(*Pool).Get:3": stack("grow", "buffer", "buffer", "start"),
		"": stack("grow", "std", "start"),
	} {
		got := ""
		if innermost, outermost, ok := sites(s, code); ok {
			got = fmt.Sprintf("%s:%d %s:%d", innermost.function, innermost.line, outermost.function, outermost.line)
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// fileOf is the file of a function's package in a program that was built with -trimpath.
func fileOf(function string) string {
	switch pkg := appframe.PackageOf(function); {
	case pkg == "main":
		return "mycorp/main.go"
	case strings.HasPrefix(pkg, "example.com/"), strings.HasPrefix(pkg, "google.golang.org/"):
		return pkg + "@v1.2.0/x.go"
	default:
		return pkg + "/x.go"
	}
}

func TestTheApplicationIsToldFromTheStandardLibrary(t *testing.T) {
	want := map[string]bool{
		"main.f":                                 true,
		"mycorp/service.f":                       true,
		"example.com/x.f":                        true,
		"net/http.serve":                         false,
		"runtime.main":                           false,
		"bytes.Repeat":                           false,
		"slices.Grow[go.shape.struct { a/b.c }]": false,
		"github.com/otelmem/otelmem-go/internal/x.f":     false,
		"google.golang.org/grpc.(*Server).handleStream":  false,
		"encoding/json.(*encodeState).marshal":           false,
		"vendor/golang.org/x/net/http2/hpack.NewDecoder": false,
	}
	out, err := exec.CommandContext(t.Context(), "go", "list", "std").Output()
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range strings.FieldsSeq(string(out)) {
		want[pkg+".f"] = false
	}
	p := new(profile.Profile)
	for function := range want {
		p.Function = append(p.Function, &profile.Function{Name: function, Filename: fileOf(function)})
	}
	for f, of := range codeOf(p) {
		if of.begins != want[f.Name] {
			t.Errorf("%s is the application's: %t, want %t", f.Name, of.begins, want[f.Name])
		}
	}
}

func TestTypeArgumentsAreShort(t *testing.T) {
	p := newHeap().holds("", 1, 1, frame{"main.set[int].add", 1}).holds("", 1, 1, frame{"main.set[go.shape.string].add", 1})
	rows, err := Rows(nil, p.Profile, Function)
	if err != nil || len(rows) != 1 || rows[0].Name != "main.set[...].add" {
		t.Errorf("got %+v, %v, want one row", rows, err)
	}
}
