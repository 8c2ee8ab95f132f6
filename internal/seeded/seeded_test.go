package seeded_test

import (
	"math/rand/v2"
	"testing"

	"github.com/otelmem/otelmem-go/internal/seeded"
)

func TestASeedIsRunAgain(t *testing.T) {
	var first, again []uint64
	t.Setenv(seeded.Variable, "18446744073709551615")
	for _, got := range []*[]uint64{&first, &again} {
		seeded.Each(t, 10, func(_ *testing.T, random *rand.Rand) { *got = append(*got, random.Uint64()) })
	}
	if len(first) != 1 || len(again) != 1 || first[0] != again[0] {
		t.Errorf("%v and then %v, want one number twice", first, again)
	}
}
