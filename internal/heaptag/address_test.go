package heaptag

import (
	"strings"
	"testing"
)

func TestEveryTagHasItsOwnAddress(t *testing.T) {
	if err := Check(); err != nil {
		t.Fatal(err)
	}
	byAddress, _ := ByReturnAddress()
	if len(byAddress) != Count {
		t.Errorf("%d addresses for %d tags", len(byAddress), Count)
	}
}

// What the compiler or the linker could do to the call sites turns tags off; it must
// not charge one operation with another's memory.
func TestTagsThatCannotBeToldApartAreAnError(t *testing.T) {
	for name, test := range map[string]struct {
		do   func(ID, func())
		want string
	}{
		"two tags share a call": {func(id ID, fn func()) { dispatch(id/2, fn) }, "tags 0 and 1 share the return address"},
		"a tag leaves no frame": {func(_ ID, fn func()) { fn() }, "tag 0 left no frame"},
	} {
		t.Run(name, func(t *testing.T) {
			if found, err := findAddresses(test.do); found != nil || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("found %d addresses, error %v, want %q", len(found), err, test.want)
			}
		})
	}
}
