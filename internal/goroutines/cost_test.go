package goroutines

import (
	"math"
	"strings"
	"testing"
)

func TestReadingAsksForRoomFirst(t *testing.T) {
	for name, test := range map[string]struct {
		count   int
		room    int64
		how     method
		notRead string
	}{
		"few":                              {1000, math.MaxInt64, byProfile, ""},
		"few with little room":             {1000, partOfRoom * 1000 * profileCost, byProfile, ""},
		"few with too little room":         {1000, partOfRoom*1000*profileCost - 2, byRecords, "read without operations: 1000 goroutines would take 3.9MB, 7.8MB are free below the limit"},
		"few without room":                 {1000, 1 << 20, notAtAll, "not read: 1000 goroutines would take"},
		"beyond the limit":                 {1, -5 << 20, notAtAll, "0MB are free"},
		"many":                             {90_000, math.MaxInt64, byRecords, "90000 goroutines would take 352MB, 96MB may be used"},
		"more than may be read in any way": {1_000_000, math.MaxInt64, notAtAll, "not read: 1000000 goroutines would take 732MB, 96MB may be used"},
	} {
		t.Run(name, func(t *testing.T) {
			how, notRead := howToRead(test.count, test.room)
			if how != test.how || !strings.Contains(notRead, test.notRead) || (test.notRead == "") != (notRead == "") {
				t.Errorf("method %d: %q, want %d: %q", how, notRead, test.how, test.notRead)
			}
		})
	}
}
