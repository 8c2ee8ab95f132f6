package verdict

import (
	"time"
	"unsafe"

	"github.com/otelmem/otelmem-go/internal/stats"
)

// Point is what the heap profile says of one operation at one time.
type Point struct {
	Time time.Time
	// Live is the bytes that were live after the last GC.
	Live float64
	// Error is one standard error of Live, in bytes; 0 if it is exact.
	Error float64
	// Allocated is the bytes allocated so far.
	Allocated float64
	// GC is the GC cycle that Live is of; 0 if it is not known.
	GC uint32
}

// DefaultCapacity is how many points a series keeps by default, 3 KiB.
const DefaultCapacity = 64

// Series keeps a bounded number of points. When it is full, each new point costs
// one old one, such that the gaps between points grow with their age: after a day
// of one a minute, the last quarter of 64 points is the last quarter of an hour,
// the last half the last hour, the whole all there was. So a leak that began
// just now is seen, and one that takes days. The very first point stays.
// It is not safe for concurrent use.
type Series struct {
	points   []Point
	capacity int
	past     history
	judged   time.Time // the last point that was judged
	result   Result
}

// LeastCapacity is how many points a series keeps at least.
const LeastCapacity = 16

// NewSeries returns a series of at most capacity points, at least [LeastCapacity];
// [DefaultCapacity] if it is 0 or less.
func NewSeries(capacity int) *Series {
	if capacity <= 0 {
		capacity = DefaultCapacity
	}
	return &Series{capacity: max(LeastCapacity, capacity)}
}

// Grow lets the series keep up to capacity points from now on.
func (s *Series) Grow(capacity int) { s.capacity = max(s.capacity, capacity) }

// Bytes is about how much memory the points take.
func (s *Series) Bytes() int64 { return int64(cap(s.points)) * int64(unsafe.Sizeof(Point{})) }

// Add appends a point. A point that is not later than the last, or of the same
// GC cycle, says nothing new and is left out.
func (s *Series) Add(p Point) {
	if n := len(s.points); n > 0 {
		last := s.points[n-1]
		if !p.Time.After(last.Time) || p.GC != 0 && p.GC == last.GC {
			return
		}
		if n >= s.capacity {
			s.points = stats.Thin(s.points, func(p *Point) time.Time { return p.Time })
		}
	}
	s.points = append(s.points, p)
}

// Points are those kept, the oldest first; valid until the next Add, and not to
// be changed.
func (s *Series) Points() []Point { return s.points }

// Judge says what the points show, by rules. It remembers what it said: a leak that
// was accused stays so until its growth ends. Judging again without a new point
// changes nothing.
func (s *Series) Judge(rules Rules) Result {
	if n := len(s.points); n > 0 && !s.judged.Equal(s.points[n-1].Time) {
		s.result, s.past = judge(s.points, rules, s.past)
		s.judged = s.points[n-1].Time
	} else if n == 0 {
		return Judge(nil, rules)
	}
	return s.result
}
