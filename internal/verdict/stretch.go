package verdict

import (
	"math"
	"time"

	"github.com/otelmem/otelmem-go/internal/stats"
)

// stretch is some consecutive points, with what has been found out about them.
type stretch struct {
	points []Point
	times  []float64 // seconds since the series began
	values []float64
	trend  stats.Trend
	line   stats.Line
}

// columns takes points apart.
func columns(points []Point) *stretch {
	s := &stretch{points: points, times: make([]float64, len(points)), values: make([]float64, len(points))}
	for i, p := range points {
		s.times[i] = p.Time.Sub(points[0].Time).Seconds()
		s.values[i] = p.Live
	}
	return s
}

// from is the stretch that begins at point i, with its figures.
func (s *stretch) from(i int) *stretch {
	part := &stretch{points: s.points[i:], times: s.times[i:], values: s.values[i:]}
	part.trend = stats.MannKendall(part.values)
	part.line = stats.TheilSen(part.times, part.values)
	return part
}

func (s *stretch) seconds() float64 { return s.times[len(s.times)-1] - s.times[0] }

// middle is the first point of the newer half, by time, so that it has at least
// three points and no more than half of all.
func (s *stretch) middle() int {
	n := len(s.times)
	half := s.times[0] + s.seconds()/2
	i := n / 2
	for i < n-3 && s.times[i] < half {
		i++
	}
	return i
}

// level is the median of the last third.
func (s *stretch) level() float64 { return stats.Median(s.values[2*len(s.values)/3:]) }

// noise is the standard error of the difference between both ends. It takes
// their errors for independent, which errs on the safe side: what stays alive
// is sampled once.
func (s *stretch) noise() float64 {
	return math.Hypot(s.points[0].Error, s.points[len(s.points)-1].Error)
}

// studentT01 is the value that Student's t exceeds with a probability of 1 %,
// by degrees of freedom.
var studentT01 = [...]float64{2: 6.965, 3: 4.541, 4: 3.747, 5: 3.365, 6: 3.143}

// steady says whether the points rise by more than a random walk would: the
// steps between the means of 4 to 8 blocks of equal time have a drift that
// differs from 0 at 1 % (one-sided).
func (s *stretch) steady() bool {
	time, value := s.blocks(min(8, max(4, len(s.values)/3)))
	last := len(time) - 1
	if last < 3 {
		return false
	}
	span := time[last] - time[0]
	drift := (value[last] - value[0]) / span
	if !(drift > 0) {
		return false
	}
	var variance float64 // of a step, per second
	for b := 1; b <= last; b++ {
		dt := time[b] - time[b-1]
		r := value[b] - value[b-1] - drift*dt
		variance += r * r / dt
	}
	freedom := last - 1
	variance /= float64(freedom)
	return drift*math.Sqrt(span) > studentT01[freedom]*math.Sqrt(variance)
}

// blocks are the means of up to n blocks of equal time; empty ones are left out.
func (s *stretch) blocks(n int) (times, values []float64) {
	block, count := -1, 0.0
	for i, t := range s.times {
		b := min(n-1, int(float64(n)*(t-s.times[0])/s.seconds()))
		if b != block {
			times, values = append(times, 0), append(values, 0)
			block, count = b, 0
		}
		count++
		last := len(times) - 1
		times[last] += (t - times[last]) / count
		values[last] += (s.values[i] - values[last]) / count
	}
	return times, values
}

// result fills in the figures of this stretch.
func (s *stretch) result(v Verdict, live float64) Result {
	return Result{
		Verdict: v,
		Slope:   s.line.Slope, SlopeLow: s.line.Low, SlopeHigh: s.line.High,
		S: s.trend.S, Z: s.trend.Z, P: s.trend.P, Tau: s.trend.Tau,
		Autocorrelation: stats.Autocorrelation(s.times, s.values, s.line.Slope),
		Live:            live,
		Points:          len(s.points),
		Span:            time.Duration(s.seconds() * float64(time.Second)),
	}
}
