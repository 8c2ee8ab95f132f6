package dump

import (
	"math"
	"testing"
	"time"
)

func TestSlope(t *testing.T) {
	for name, test := range map[string]struct {
		usage []int64 // one a second
		want  float64
	}{
		"too few readings": {[]int64{0, 1000}, 0},
		"steady growth":    {[]int64{0, 10, 20, 30, 40, 50, 60}, 10},
		"one jump":         {[]int64{5, 5, 5, 5, 5, 5, 5, 900}, 0},
		"one wild reading": {[]int64{0, 10, 20, 9000, 40, 50, 60, 70}, 10},
		"the last ones":    {append(make([]int64, 100), 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160), 10},
	} {
		t.Run(name, func(t *testing.T) {
			var s slope
			got, now := 0.0, time.Unix(1_700_000_000, 0)
			for i, usage := range test.usage {
				got = s.add(now.Add(time.Duration(i)*time.Second), usage)
			}
			if math.Abs(got-test.want) > 1e-9 {
				t.Errorf("slope %v, want %v", got, test.want)
			}
		})
	}
}
