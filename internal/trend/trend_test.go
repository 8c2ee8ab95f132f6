package trend

import (
	"math"
	"testing"
	"time"
)

func series(step time.Duration, values ...int64) []Point {
	start := time.Unix(1_700_000_000, 0)
	points := make([]Point, len(values))
	for i, v := range values {
		points[i] = Point{start.Add(time.Duration(i) * step), v}
	}
	return points
}

func TestSlope(t *testing.T) {
	for name, test := range map[string]struct {
		points []Point
		want   float64
	}{
		"no points":                {nil, 0},
		"one point":                {series(time.Second, 5), 0},
		"two at one instant":       {series(0, 5, 9), 0},
		"a line":                   {series(time.Second, 0, 10, 20, 30), 10},
		"a line with a wild point": {series(time.Second, 0, 10, 9999, 30, 40, 50, 60), 10},
		"falling":                  {series(2*time.Second, 100, 80, 60), -10},
		"flat with a step":         {series(time.Second, 7, 7, 7, 7, 7, 9), 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Slope(test.points); math.Abs(got-test.want) > 1e-9 {
				t.Errorf("slope %v, want %v", got, test.want)
			}
		})
	}
}

func TestTimeTo(t *testing.T) {
	for name, test := range map[string]struct {
		value, limit int64
		slope        float64
		want         time.Duration
		ok           bool
	}{
		"growing":         {100, 200, 10, 10 * time.Second, true},
		"no limit":        {100, 0, 10, 0, false},
		"flat":            {100, 200, 0, 0, false},
		"falling":         {100, 200, -1, 0, false},
		"above the limit": {300, 200, 10, 0, true},
		"in many years":   {0, math.MaxInt64, 1, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got, ok := TimeTo(test.value, test.limit, test.slope); got != test.want || ok != test.ok {
				t.Errorf("got %v, %t, want %v, %t", got, ok, test.want, test.ok)
			}
		})
	}
}

func TestWindowKeepsTheLast(t *testing.T) {
	w := NewWindow(3)
	for _, p := range series(time.Second, 1, 2, 3, 4, 5) {
		w.Add(p)
	}
	if got := w.Points(); len(got) != 3 || got[0].Value != 3 || got[2].Value != 5 {
		t.Errorf("kept %v, want the last three", got)
	}
}
