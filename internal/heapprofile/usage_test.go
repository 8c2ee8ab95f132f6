package heapprofile

import (
	"math"
	"slices"
	"testing"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/heaptag"
)

func onLine(line int, live float64) SiteBytes {
	return SiteBytes{Site: appframe.Site{Function: "main.f", File: "f.go", Line: line}, Live: live}
}

func TestUsageOfBothTogether(t *testing.T) {
	a := &Usage{Live: 100, Error: 3, Allocated: 1000, Sites: []SiteBytes{onLine(1, 60), onLine(2, 40)}}
	b := &Usage{Live: 50, Error: 4, Allocated: 200, Sites: []SiteBytes{onLine(2, 50)}}
	got := Sum(a, b)
	if got.Live != 150 || got.Error != 5 || got.Allocated != 1200 {
		t.Errorf("sum %+v, want 150 ± 5 live and 1200 allocated", got)
	}
	if want := []SiteBytes{onLine(2, 90), onLine(1, 60)}; !slices.Equal(got.Sites, want) {
		t.Errorf("sites %v, want %v", got.Sites, want)
	}
	if Sum(a, nil) != a || Sum(nil, b) != b || Sum(nil, nil) != nil {
		t.Error("the sum with none is not the other")
	}
}

func TestOnlyTheLargestSitesAreKept(t *testing.T) {
	var all []SiteBytes
	for line := range 20 {
		all = append(all, onLine(line, float64(line)))
	}
	if got, want := largest(all), []SiteBytes{onLine(19, 19), onLine(18, 18), onLine(17, 17), onLine(16, 16), onLine(15, 15)}; !slices.Equal(got, want) {
		t.Errorf("sites %v, want %v", got, want)
	}
}

// One line of the application can allocate through many lines of its dependencies:
// it is one site, shown with the largest of these.
func TestSiteIsShownWithTheDependencysLineOfMostBytes(t *testing.T) {
	through := func(line int, live float64) SiteBytes {
		b := onLine(1, live)
		b.Via = appframe.Site{Function: "lib.F", File: "lib.go", Line: line}
		return b
	}
	want := through(7, 75)
	if got := largest([]SiteBytes{through(5, 20), onLine(2, 45), through(7, 40), through(6, 15)}); len(got) != 2 || got[0] != want {
		t.Errorf("sites %v, want %v first", got, want)
	}
}

// A tag is certain however deep the stack is; what is inferred from functions needs
// the whole stack.
func TestWhoseBytesAre(t *testing.T) {
	loop := entry{calls: calls{{site: appframe.Site{Function: "main.loop"}}}, n: 1}
	for name, c := range map[string]struct {
		stack attributedStack
		cut   bool
		of    func(*Profile) *Usage
	}{
		"a tag":             {attributedStack{tag: 7, owner: "sync", entry: loop}, true, func(p *Profile) *Usage { return p.Tagged[7] }},
		"nobody":            {attributedStack{owner: "sync", entry: loop}, true, func(p *Profile) *Usage { return &p.TooDeep }},
		"an operation":      {attributedStack{owner: "sync", entry: loop}, false, func(p *Profile) *Usage { return p.Learned["sync"] }},
		"code":              {attributedStack{entry: loop}, false, func(p *Profile) *Usage { return p.Code["main.loop"] }},
		"code without name": {attributedStack{}, false, func(p *Profile) *Usage { return p.Code[""] }},
	} {
		t.Run(name, func(t *testing.T) {
			all := newSums()
			all.add(&c.stack, c.cut, 8, 1, 9)
			if u := c.of(all.profile()); u == nil || u.Live != 8 || u.Allocated != 9 {
				t.Errorf("it holds %+v, want 8 of 9 bytes", u)
			}
		})
	}
}

func TestALinesUsageIsThatOfAllWhomItAllocatesFor(t *testing.T) {
	all := newSums()
	for tag := range 3 {
		stack := readStack("runtime.mallocgc", shop+".keep", "net/http.HandlerFunc.ServeHTTP", "main.main")
		stack.tag = heaptag.ID(tag) // 0 for none
		all.add(stack, false, 10, 4, 100)
	}
	all.add(readStack("bytes.growSlice", "example.com/a.F", shop+".other"), false, 0, 0, 50)
	all.add(readStack("runtime.malg", "runtime.mstart"), false, 7, 7, 7)
	all.add(readStack("example.com/b.F", "example.com/a.F", "runtime.goexit"), false, 7, 7, 7)
	lines := all.profile().Lines
	keep, other := appframe.Site{Function: shop + ".keep", File: "f.go", Line: 1}, appframe.Site{Function: shop + ".other", File: "f.go", Line: 2}
	if len(lines) != 2 || lines[keep] == nil || lines[other] == nil {
		t.Fatalf("lines %+v, want the application's", lines)
	}
	if u := lines[keep]; u.Live != 30 || u.Error != math.Sqrt(12) || u.Allocated != 300 || u.Sites[0] != (SiteBytes{Site: keep, Live: 30}) {
		t.Errorf("%+v", u)
	}
	if u := lines[other]; u.Live != 0 || u.Allocated != 50 {
		t.Errorf("%+v", u)
	}
}
