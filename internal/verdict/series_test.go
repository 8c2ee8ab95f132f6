package verdict

import (
	"testing"
	"time"
)

func TestASeriesIsBounded(t *testing.T) {
	for _, capacity := range []int{-1, 1, 16, 17, 64} {
		s := NewSeries(capacity)
		want := max(16, capacity)
		if capacity <= 0 {
			want = DefaultCapacity
		}
		for i := range 10_000 {
			s.Add(Point{Time: start.Add(time.Duration(i) * minute), Live: float64(i)})
			if n := len(s.Points()); n > want {
				t.Fatalf("capacity %d: %d points, want at most %d", capacity, n, want)
			}
		}
		points := s.Points()
		if points[0].Live != 0 || points[len(points)-1].Live != 9999 {
			t.Errorf("capacity %d: points %v to %v, want the first and the last", capacity, points[0].Live, points[len(points)-1].Live)
		}
		for i := range points[1:] {
			if !points[i+1].Time.After(points[i].Time) {
				t.Fatalf("capacity %d: point %d is not after the one before", capacity, i+1)
			}
		}
	}
}

func TestASeriesKeepsAllTimesAndMostOfTheLatest(t *testing.T) {
	for _, days := range []int{1, 10} {
		s := NewSeries(0)
		n := days * 24 * 60
		for i := range n {
			s.Add(Point{Time: start.Add(time.Duration(i) * minute), Live: float64(i)})
		}
		points := s.Points()
		age := func(i int) float64 { return float64(n) - points[i].Live }
		quarter, half, second := age(DefaultCapacity*3/4), age(DefaultCapacity/2), age(1)
		t.Logf("%d days: the last quarter is %v minutes, the last half %v, the second point %v", days, quarter, half, second)
		if quarter > 25 || half > 240 || second < float64(n)/2 {
			t.Errorf("%d days: want the last quarter within 25 minutes, the last half within 240, the second point in the older half", days)
		}
	}
}

func TestASeriesLeavesOutWhatIsNotNew(t *testing.T) {
	s := NewSeries(0)
	s.Add(Point{Time: start, GC: 1, Live: 1})
	s.Add(Point{Time: start.Add(minute), GC: 1, Live: 2})     // no GC since
	s.Add(Point{Time: start.Add(-minute), GC: 2, Live: 3})    // earlier
	s.Add(Point{Time: start, GC: 2, Live: 4})                 // at once
	s.Add(Point{Time: start.Add(2 * minute), GC: 2, Live: 5}) // new
	if p := s.Points(); len(p) != 2 || p[1].Live != 5 {
		t.Errorf("points %v, want the first and the last", p)
	}
}
