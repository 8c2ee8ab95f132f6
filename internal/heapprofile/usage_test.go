package heapprofile

import (
	"fmt"
	"slices"
	"testing"

	"github.com/otelmem/otelmem-go/internal/appframe"
)

func at(line int, live float64) SiteBytes {
	return SiteBytes{appframe.Site{Function: "main.f", File: "f.go", Line: line}, live}
}

func TestUsageOfBothTogether(t *testing.T) {
	a := &Usage{Live: 100, Error: 3, Allocated: 1000, Sites: []SiteBytes{at(1, 60), at(2, 40)}}
	b := &Usage{Live: 50, Error: 4, Allocated: 200, Sites: []SiteBytes{at(2, 50)}}
	got := Sum(a, b)
	if got.Live != 150 || got.Error != 5 || got.Allocated != 1200 {
		t.Errorf("sum %+v, want 150 ± 5 live and 1200 allocated", got)
	}
	if want := []SiteBytes{at(2, 90), at(1, 60)}; !slices.Equal(got.Sites, want) {
		t.Errorf("sites %v, want %v", got.Sites, want)
	}
	if Sum(a, nil) != a || Sum(nil, b) != b || Sum(nil, nil) != nil {
		t.Error("the sum with none is not the other")
	}
}

func TestOnlyTheLargestSitesAreKept(t *testing.T) {
	live := make(map[appframe.Site]float64)
	for line := range 20 {
		live[at(line, 0).Site] = float64(line)
	}
	if got, want := largest(live), []SiteBytes{at(19, 19), at(18, 18), at(17, 17), at(16, 16), at(15, 15)}; !slices.Equal(got, want) {
		t.Errorf("sites %v, want %v", got, want)
	}
}

// A tag is certain however deep the stack is; what is inferred from functions needs
// the whole stack.
func TestWhoseBytesAre(t *testing.T) {
	root := &appframe.Site{Function: "main.loop"}
	for _, c := range []struct {
		stack attributedStack
		cut   bool
		want  key
	}{
		{attributedStack{tag: 7, owner: "sync", root: root}, true, key{tag: 7}},
		{attributedStack{owner: "sync", root: root}, true, key{tooDeep: true}},
		{attributedStack{owner: "sync", root: root}, false, key{owner: "sync"}},
		{attributedStack{root: root}, false, key{code: "main.loop"}},
		{attributedStack{}, false, key{}},
	} {
		t.Run(fmt.Sprintf("%+v", c.want), func(t *testing.T) {
			if got := keyOf(&c.stack, c.cut); got != c.want {
				t.Errorf("charged to %+v, want %+v", got, c.want)
			}
		})
	}
}
