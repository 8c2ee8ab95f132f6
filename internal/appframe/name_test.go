package appframe

import "testing"

func TestTypeArgumentsAreLeftOutOfNames(t *testing.T) {
	for function, want := range map[string]string{
		"main.f": "main.f",
		"main.Map[go.shape.[]int,go.shape.struct { a github.com/b.C }]": "main.Map[...]",
		"shop.(*Set[go.shape.string]).Add.func1":                        "shop.(*Set[...]).Add.func1",
		"odd]name[":                                                     "odd]name[",
		"":                                                              "",
	} {
		if got := ShortName(function); got != want {
			t.Errorf("%q is shown as %q, want %q", function, got, want)
		}
	}
}
