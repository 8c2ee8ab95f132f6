package heapprofile

import "testing"

func TestPartsOfAStackAddUpOutwards(t *testing.T) {
	inner, outer := &Owner{Operation: "inner"}, &Owner{Operation: "outer"}
	for name, test := range map[string]struct{ first, then, want stackPart }{
		"the innermost tag and owner count": {
			stackPart{tag: 3, owner: inner, height: 1}, stackPart{tag: 5, owner: outer, height: 2}, stackPart{tag: 3, owner: inner, height: 3},
		},
		"else those further out": {
			stackPart{height: 4}, stackPart{tag: 5, owner: outer, height: 1}, stackPart{tag: 5, owner: outer, height: 5},
		},
		"the outermost frame says where it ends": {
			stackPart{height: 1}, stackPart{height: 1, main: true}, stackPart{height: 2, main: true},
		},
		"not one further in": {
			stackPart{height: 1, main: true}, stackPart{height: 1}, stackPart{height: 2},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := test.first.then(test.then); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}
