package heaptag

import (
	"math"
	"testing"
)

func TestLinesOutsideTheCallsBelongToNoTag(t *testing.T) {
	const last = dispatchLine + 2*(Count-1)
	for line, want := range map[int]ID{dispatchLine: 0, dispatchLine + 2: 1, last: Count - 1} {
		if id, ok := AtLine(line); !ok || id != want {
			t.Errorf("line %d: tag %d, %v, want %d", line, id, ok, want)
		}
	}
	for _, line := range []int{math.MinInt, -1, 0, dispatchLine - 2, dispatchLine - 1, dispatchLine + 1, last + 1, last + 2, math.MaxInt} {
		if id, ok := AtLine(line); ok {
			t.Errorf("line %d: tag %d, want none", line, id)
		}
	}
}
