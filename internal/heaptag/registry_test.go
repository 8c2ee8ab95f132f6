package heaptag

import (
	"fmt"
	"testing"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

func TestRegistryIsBounded(t *testing.T) {
	r := NewRegistry()
	for i := range Count + 100 {
		id := r.Tag(fmt.Sprint("op", i), "c").ID
		if want := ID(i + 2); i+2 < Count && id != want {
			t.Errorf("operation %d has id %d, want %d", i, id, want)
		} else if i+2 >= Count && id != OverflowID {
			t.Errorf("operation %d beyond the bound has id %d, want that of %s", i, id, attrs.Overflow)
		}
	}
	if got := r.Tag("op0", "c").ID; got != 2 {
		t.Errorf("a known operation has id %d, want 2", got)
	}
	if r.Beyond() != 102 || len(r.Table()) != Count {
		t.Errorf("%d beyond, table of %d", r.Beyond(), len(r.Table()))
	}
	if n := testing.AllocsPerRun(100, func() { r.Tag("op0", "c") }); n != 0 {
		t.Errorf("a known operation allocates %v times", n)
	}
}
