package verdict

import (
	"math"
	"testing"
	"time"
)

func near(got, want, within float64) bool { return math.Abs(got-want) <= within }

func TestTimeToLimit(t *testing.T) {
	for _, test := range []struct {
		does                string
		usage, limit, slope float64
		want                time.Duration
		ok                  bool
	}{
		{"grows", 1 << 30, 2 << 30, 1 << 20, 1024 * time.Second, true},
		{"is there", 3, 2, 1, 0, true},
		{"is there and falls", 3, 2, -1, 0, true},
		{"has no limit", 1, 0, 1, 0, false},
		{"does not grow", 1, 2, 0, 0, false},
		{"falls", 1, 2, -1, 0, false},
		{"takes longer than a year", 0, 4e7, 1, 0, false},
		{"takes long", 0, 3e7, 1, 3e7 * time.Second, true},
		{"is unknown", math.NaN(), 2, 1, 0, false},
	} {
		if got, ok := TimeToLimit(test.usage, test.limit, test.slope); got != test.want || ok != test.ok {
			t.Errorf("%s: %v, %v, want %v, %v", test.does, got, ok, test.want, test.ok)
		}
	}
}
