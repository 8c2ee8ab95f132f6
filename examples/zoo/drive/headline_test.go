package drive

import (
	"testing"

	"github.com/otelmem/otelmem-go/examples/zoo/leaks"
	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

var _ = leaks.Source // registers the cases

func TestAFirstSentenceIsRightWhereItNamesOperationAndLineFirst(t *testing.T) {
	c := service.Find("map-by-user")
	line := c.Lines()[0]
	const function = "github.com/otelmem/otelmem-go/examples/zoo/leaks.(*profiles).show"
	r := service.Reading{Rows: []service.Row{
		{Name: "GET /api/profiles/{user}"}, {Name: "GET /api/search"}, {Name: "GET /api/profiles/{user}/friends"}, {Name: function},
	}}
	for _, test := range []struct {
		headline string
		want     bool
	}{
		{"GET /api/profiles/{user} has kept 75 of the 78 MB that it allocated, from /src/" + line + ". All else is steady.", true},
		{"GET /api/profiles/{user} leaks, from " + line + " (" + function + "); GET /api/search holds 12 MB", true},
		{function + " leaks, allocated at " + line, true},
		{"75 MB were kept from " + line + " (" + function + ")", true},
		{"GET /api/search leaks, allocated at " + line + " (" + function + ")", false},
		{"GET /api/profiles/{user}/friends leaks, allocated at " + line, false},
		{"GET /api/profiles/{user} leaks", false},
		{"GET /api/profiles/{user} leaks, allocated at " + line + "7", false},
		{"GET /api/search leaks. GET /api/profiles/{user} has kept 75 MB, from " + line, false},
		{"75 MB were kept from " + line, false},
		{"", false},
	} {
		r.Headline = test.headline
		if got := right(c, &r); got != test.want {
			t.Errorf("%q is right: %t, want %t", test.headline, got, test.want)
		}
	}
}

func TestMemoryOutsideGoNeedsNoLine(t *testing.T) {
	c := service.Find("mmap-not-unmapped")
	if c == nil {
		t.Skip("no such case on this system")
	}
	if !right(c, &service.Reading{Headline: "Memory outside Go grew by 40 MB while PUT /api/segments ran."}) {
		t.Error("the operation alone is not right")
	}
}
