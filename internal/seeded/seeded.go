// Package seeded runs tests of chance: what they found can be run again.
package seeded

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// Variable names a seed to run alone, as the name of a failed test has it.
const Variable = "OTELMEM_TEST_SEED"

// Each runs test with n sources of chance: some the same in every run, and as many that
// nobody has seen before. The seed is the name of the subtest.
func Each(t *testing.T, n int, test func(t *testing.T, random *rand.Rand)) {
	t.Helper()
	seeds := make([]uint64, n)
	for i := range seeds {
		seeds[i] = uint64(i)
		if i >= n/2 {
			seeds[i] = rand.Uint64()
		}
	}
	if text, ok := os.LookupEnv(Variable); ok {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("%s=%q: want a number", Variable, text)
		}
		seeds = []uint64{seed}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { test(t, rand.New(rand.NewPCG(seed, 0))) })
	}
}
