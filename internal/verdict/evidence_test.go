package verdict

import (
	"math"
	"testing"
	"time"
)

// facts is a series of a reading each 3 s: live and allocated in MB.
func facts(figures ...[2]float64) []Point {
	var points []Point
	for i, f := range figures {
		points = append(points, Point{
			Time: start.Add(time.Duration(3*i) * time.Second), GC: uint32(i + 1),
			Live: f[0] * 1e6, Error: math.Sqrt(f[0]*1e6) * math.Sqrt(sample), Allocated: f[1] * 1e6,
		})
	}
	return points
}

func TestWeigh(t *testing.T) {
	for _, test := range []struct {
		does              string
		points            []Point
		growth, kept, old float64 // MB, share, MB
		slope             float64 // MB a second
		since, until      time.Duration
		oldest, age       time.Duration
		rises             bool
	}{
		{"one reading", facts([2]float64{20, 25}), 0, 0.8, 0, 0, 0, 0, 0, 0, false},
		// 40 MB are live and 34 were allocated since: 6 are older.
		{
			"a leak from the second reading on", facts([2]float64{10, 10}, [2]float64{40, 44}),
			30, 30 / 34.0, 6, 10, 0, 3 * time.Second, 3 * time.Second, 3530 * time.Millisecond, true,
		},
		{
			"a leak that keeps all", facts([2]float64{10, 10}, [2]float64{20, 20}, [2]float64{30, 30}, [2]float64{40, 40}, [2]float64{50, 50}),
			40, 1, 30, 10 / 3.0, 0, 12 * time.Second, 12 * time.Second, 15 * time.Second, true,
		},
		// Its oldest must be 9 s old: since the second reading 45 MB were
		// allocated and 60 are live.
		{
			"a cache that is full", facts([2]float64{0, 0}, [2]float64{30, 30}, [2]float64{60, 60}, [2]float64{60, 65}, [2]float64{60, 70}, [2]float64{60, 75}),
			60, 1, 45, 10, 0, 6 * time.Second, 12 * time.Second, 12 * time.Second, false,
		},
		{
			"bytes in flight", facts([2]float64{5, 10}, [2]float64{6, 60}, [2]float64{5, 110}, [2]float64{6, 160}, [2]float64{5, 210}),
			0, 5 / 210.0, 0, 0, 0, 0, 0, 300 * time.Millisecond, false,
		},
	} {
		got := Weigh(test.points, Rules{})
		if !near(got.Growth, test.growth*1e6, 1e3) || !near(got.Kept, test.kept, 1e-3) || !near(got.Old, test.old*1e6, 1e3) || !near(got.Slope, test.slope*1e6, 1e3) {
			t.Errorf("%s: growth %v, kept %v, old %v, slope %v; want %v MB, %v, %v MB, %v MB/s", test.does, got.Growth, got.Kept, got.Old, got.Slope, test.growth, test.kept, test.old, test.slope)
		}
		if got.Oldest != test.oldest || (got.Age-test.age).Abs() > 10*time.Millisecond {
			t.Errorf("%s: oldest %v, mean age %v; want %v, %v", test.does, got.Oldest, got.Age, test.oldest, test.age)
		}
		if test.growth > 0 && (got.Since.Sub(start) != test.since || got.Until.Sub(start) != test.until) {
			t.Errorf("%s: rose from %v to %v, want %v to %v", test.does, got.Since, got.Until, test.since, test.until)
		}
		if rises := got.Growth > 0 && got.Until.Equal(test.points[len(test.points)-1].Time); rises != test.rises {
			t.Errorf("%s: rises %v: %+v", test.does, rises, got)
		}
	}
}

func TestTheFactsInWords(t *testing.T) {
	points := facts([2]float64{0, 0}, [2]float64{25, 26}, [2]float64{50, 52}, [2]float64{75, 78})
	if got, want := Judge(points, Rules{}).Reason, "rises by 477MB a minute, has kept 72MB of the 74MB that it allocated in 9s"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	var counts []Point
	for i := range 30 {
		counts = append(counts, Point{Time: start.Add(time.Duration(3*i) * time.Second), Live: float64(20 * i)})
	}
	if got, want := Judge(counts, CountRules()).Reason, "grows by 400 a minute, rose by 580 in 1m27s"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestWithoutAllocationsTheSharesAreUnknown(t *testing.T) {
	e := Weigh([]Point{{Time: start, Live: 1e7}, {Time: start.Add(minute), Live: 5e7}}, Rules{})
	if !math.IsNaN(e.Kept) || e.Old != 0 || e.Oldest != 0 || e.Age != 0 || e.Growth != 4e7 {
		t.Errorf("%+v, want a growth of 40 MB and nothing of allocations", e)
	}
}
