package verdict

import (
	"math"
	"slices"

	"github.com/otelmem/otelmem-go/internal/stats"
)

const (
	// leastBlocks is the fewest means that are compared, clearer by how much
	// less likely a rise must be by chance for means of more readings to be
	// taken: there are several widths to try.
	leastBlocks, clearer = 6, 10
	// chance is the probability of as steady a rise by chance above which it is no
	// rise, of fewReadings. Of more it is less: a rise can begin at any of them.
	chance, fewReadings = 0.1, 5
	// grainsOfStep is the most grains that a step is taken for: one step alone,
	// however large, is no trend.
	grainsOfStep = 5
	// knownFreedom is how many degrees of freedom the sampling error is worth,
	// which is known, beside the steps of a stretch, which are few.
	knownFreedom = 4
)

// ending is what it takes to say that growth has ended.
type ending struct {
	// ratio is the log likelihood ratio of its end to its going on.
	ratio float64
	// pace is the part of its rate below which it is taken for ended.
	pace float64
}

var (
	// endingFact is for where nobody was accused: 50 to 1. A cache that fills as
	// 1-exp(-t/T) slows to its pace after about 3 T.
	endingFact = ending{ratio: 4, pace: 0.35}
	// endingAccused is for an accused leak: e^9, 8,000 to 1. A steady leak seen
	// through the profile's samples pauses for as long by chance once in 8,000
	// readings (TestASteadyLeakStaysAccused). One that slows is a leak still.
	endingAccused = ending{ratio: 9, pace: 0.15}
)

// growth is a stretch of readings, both included, and how steadily it rises.
type growth struct {
	from, to int
	// t is the drift of the steps in its standard errors, freedom are its
	// degrees of freedom.
	t, freedom float64
	// grain is the bytes that come at once, as far as the scatter of the steps
	// shows: the growth is like that of a Poisson process of such grains.
	grain float64
	// rise is the growth, in bytes.
	rise float64
	// width is the number of readings whose means were compared.
	width int
}

// stretches finds the stretch of a series that rises, in O(n²) steps.
type stretches struct {
	points []Point
	times  []float64 // seconds since the first
	values []float64
	// squares[i] sums up the squares of the steps up to i, each over its time.
	squares []float64
	// inverse[i] is 1/i: divisions are what the search costs.
	inverse []float64
	// sample is the bytes that one sample of the heap profile stands for; 0
	// where readings are exact.
	sample float64
}

func newStretches(points []Point) *stretches {
	n := len(points)
	s := allocate(n)
	s.points = points
	for i := range s.inverse {
		s.inverse[i] = 1 / float64(i)
	}
	for i, p := range points {
		s.times[i] = p.Time.Sub(points[0].Time).Seconds()
		s.values[i] = p.Live
	}
	sum(s.squares, s.times, s.values)
	for _, p := range points {
		// Samples of w bytes each have a variance of w² each.
		if p.Live > 0 {
			s.sample = p.Error * p.Error / p.Live
		}
	}
	return s
}

func allocate(n int) *stretches {
	columns := make([]float64, 4*n+knownFreedom)
	return &stretches{times: columns[:n], values: columns[n : 2*n], squares: columns[2*n : 3*n], inverse: columns[3*n:]}
}

func sum(squares, times, values []float64) {
	for i := 1; i < len(values); i++ {
		step := values[i] - values[i-1]
		squares[i] = squares[i-1] + step*step/(times[i]-times[i-1])
	}
}

// between is how steadily the stretch from one reading to another rises: a t-test
// of the drift of its steps against a random walk. The variance of the steps,
// per second, is that seen together with that of sampling.
func (s *stretches) between(from, to int) growth {
	g := growth{from: from, to: to, width: 1}
	rise, span := s.values[to]-s.values[from], s.times[to]-s.times[from]
	if to <= from || rise <= 0 {
		return g
	}
	g.rise = rise
	drift, steps := rise/span, float64(to-from)
	seen := max(0, s.squares[to]-s.squares[from]-rise*drift)
	g.freedom = steps - 1 + knownFreedom
	// The variance of a Poisson process is its rate times its grain.
	variance := func(grain float64) float64 {
		return max(grain*drift, (seen+knownFreedom*grain*drift)/g.freedom)
	}
	g.grain = variance(max(s.sample, 1e-6*rise)) / drift
	g.t = math.Sqrt(rise * drift / variance(max(s.sample, rise/(grainsOfStep*steps))))
	return g
}

// onset is the stretch up to a reading that rises the most steadily, from the
// reading first on.
func (s *stretches) onset(first, to int) growth {
	best, most := to, 0.0
	for from := to - 1; from >= first; from-- {
		// This is t² of between, in its hottest loop.
		rise, span := s.values[to]-s.values[from], s.times[to]-s.times[from]
		if rise <= 0 {
			continue
		}
		drift, steps := rise/span, to-from
		known := drift * max(s.sample, rise*s.inverse[steps]/grainsOfStep)
		seen := s.squares[to] - s.squares[from] - rise*drift
		variance := max(known, (seen+knownFreedom*known)*s.inverse[steps-1+knownFreedom])
		if square := rise * drift; square > most*variance {
			best, most = from, square/variance
		}
	}
	return s.between(best, to)
}

// latest is the latest stretch from the reading first on that rose, none if there
// is none. It ends before the last reading where growth has ended.
func (s *stretches) latest(first int, rules Rules) growth {
	var latest growth
	for len(s.points) > 0 {
		g := s.stretch(first)
		if !s.rose(g, rules) {
			break
		}
		if latest = g; g.to == len(s.points)-1 {
			break
		}
		first = g.to // It may have begun again.
	}
	return latest
}

// stretch is the stretch from the reading first on that rises the most steadily up
// to now; or up to where it most likely ended, if it did.
func (s *stretches) stretch(first int) growth {
	n := len(s.points)
	now := s.onset(first, n-1)
	// Where readings scatter more than they rise, means of several show it.
	for width := 2; (n-first)/width >= leastBlocks; width *= 2 {
		if g := s.smoothed(first, width); g.p() < now.p()/clearer {
			now = g
		}
	}
	best, most := now, endingFact.ratio
	low := slices.Min(s.values[first:])
	for to := n - 2; to > first; to-- {
		// What ended explains most of what there is.
		if s.values[to]-low < now.rise/2 {
			continue
		}
		g := s.onset(first, to)
		if ratio := s.ended(g, endingFact.pace); ratio >= most && g.rise >= now.rise/2 {
			best, most = g, ratio
		}
	}
	return best
}

// pause is the reading at which an accused growth from a reading on has most likely
// ended; the last reading if it goes on. Two readings must show it: one may be
// wild.
func (s *stretches) pause(from int) int {
	last := len(s.points) - 1
	peak := slices.Max(s.values[from:]) - s.values[from]
	best, most := last, endingAccused.ratio
	for to := last - 2; to > from; to-- {
		g := s.between(from, to)
		if ratio := s.ended(g, endingAccused.pace); ratio >= most && g.rise >= peak/2 {
			best, most = to, ratio
		}
	}
	return best
}

// smoothed is the stretch up to now that rises the most steadily by the means of
// so many readings each.
func (s *stretches) smoothed(first, width int) growth {
	n := len(s.points)
	blocks := (n - first) / width
	offset := n - blocks*width
	c := allocate(blocks)
	c.sample, c.inverse = s.sample, s.inverse
	for b := range blocks {
		from := offset + b*width
		c.times[b], c.values[b] = mean(s.times[from:from+width]), mean(s.values[from:from+width])
	}
	sum(c.squares, c.times, c.values)
	g := c.onset(0, blocks-1)
	if g.from == g.to {
		return growth{from: n - 1, to: n - 1, width: width}
	}
	span := c.times[g.to] - c.times[g.from]
	g.from, g.to, g.width = offset+g.from*width, n-1, width
	g.rise *= (s.times[g.to] - s.times[g.from]) / span
	return g
}

func mean(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// p is the probability of as steady a rise by chance.
func (g growth) p() float64 {
	if g.t == 0 {
		return 1
	}
	return stats.StudentTail(g.t, g.freedom)
}

// ended is the log likelihood ratio of what came after a stretch: that it no
// longer grows, to that it does. Growth is taken for a Poisson process of grains.
func (s *stretches) ended(g growth, pace float64) float64 {
	last := len(s.points) - 1
	if g.t == 0 || g.to == last {
		return 0
	}
	// The heap profile lags up to two collections: one reading like the last may
	// be the last.
	if last == g.to+1 && s.points[last].Allocated == s.points[g.to].Allocated && s.points[last].Allocated > 0 {
		return 0
	}
	// The rate is known but for its own error.
	rate := g.rise / (s.times[g.to] - s.times[g.from]) * max(0, 1-math.Sqrt(g.grain/g.rise))
	expected := rate * (s.times[last] - s.times[g.to])
	seen := max(0, s.values[last]-s.values[g.to])
	if last-g.to > 1 {
		seen = max(seen, s.values[last-1]-s.values[g.to]) // one may be wild
	}
	if seen >= pace*expected {
		return 0
	}
	// What scatters without adding up may hide growth.
	if seen += 2 * s.scatter(g); seen >= expected {
		return 0
	}
	ratio := expected - seen
	if seen > 0 {
		ratio += seen * math.Log(seen/expected)
	}
	return ratio / g.grain
}

// scatter is the standard deviation of the readings of a stretch as far as it does
// not add up: by the covariance of neighbouring steps, which is minus its square.
func (s *stretches) scatter(g growth) float64 {
	if g.to-g.from < 4 {
		return 0
	}
	rate := g.rise / (s.times[g.to] - s.times[g.from])
	step := func(i int) float64 { return s.values[i] - s.values[i-1] - rate*(s.times[i]-s.times[i-1]) }
	var sum float64
	for i := g.from + 2; i <= g.to; i++ {
		sum -= step(i) * step(i-1)
	}
	return math.Sqrt(max(0, sum/float64(g.to-g.from-1)))
}

// rose says whether a stretch rose by what counts, by more than its error, beyond
// what was before it, and hardly by chance.
func (s *stretches) rose(g growth, rules Rules) bool {
	least := max(rules.MinGrowth, s.points[g.to].Error)
	if g.rise < least || g.p() > chance*max(0.25, min(1, fewReadings/float64(g.to+1))) {
		return false
	}
	high, _ := s.before(g.from)
	return s.around(g.from, g)+g.rise >= high+rules.MinGrowth
}

// around is the mean of the readings around one of a stretch.
func (s *stretches) around(i int, g growth) float64 {
	from := max(g.from, i-g.width/2)
	return mean(s.values[from:min(g.to+1, from+g.width)])
}
