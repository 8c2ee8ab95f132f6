package verdict

import "time"

// Verdict is what a series of live bytes shows.
type Verdict string

const (
	// Growing is growth that goes on.
	Growing Verdict = "growing"
	// Plateau is growth that has ended: a warm-up, a cache that is full.
	Plateau Verdict = "plateau"
	// Churn is much allocated and little held.
	Churn Verdict = "churn"
	// Stable is none of these.
	Stable Verdict = "stable"
	// NotEnoughData is too few points to tell.
	NotEnoughData Verdict = "not enough data"
)

// Rules are what [Judge] goes by. The zero value is the defaults.
type Rules struct {
	// MinPoints is the fewest points that are judged, at least 6 (the default):
	// of fewer no order is rare enough.
	MinPoints int
	// MinGrowth is the least growth that counts, in bytes; 1 MiB by default.
	MinGrowth float64
	// Alpha is the p of Mann–Kendall's test below which a rise is no accident;
	// 0.01 by default.
	Alpha float64
}

func (r Rules) withDefaults() Rules {
	r.MinPoints = max(minPoints, r.MinPoints)
	if r.MinGrowth <= 0 {
		r.MinGrowth = 1 << 20
	}
	if r.Alpha <= 0 || r.Alpha >= 1 {
		r.Alpha = 0.01
	}
	return r
}

const (
	minPoints = 6
	// errorsOfGrowth is how many standard errors a growth must exceed.
	errorsOfGrowth = 2
	// slowed is the part of the whole slope below which a rise has ended. A
	// cache that fills as 1-exp(-t/T) gets there after about 3 T.
	slowed = 0.35
	// churnSeconds is the seconds' worth of allocation that a churning
	// operation may hold, churnRate the least that it allocates (bytes a
	// second).
	churnSeconds = 2
	churnRate    = 1 << 20
)

// Result is a verdict and its evidence. Slope, its interval, S to Tau,
// Autocorrelation, Points and Span are all of one stretch: for Growing the one
// that grows, for Plateau the part since it ended, else all points.
type Result struct {
	Verdict Verdict
	// Reason says it in one sentence.
	Reason string
	// Slope is by Theil–Sen, in bytes a second, with its 95 % interval.
	Slope, SlopeLow, SlopeHigh float64
	// S, Z, P (two-sided) and Tau are of the Mann–Kendall test.
	S         int
	Z, P, Tau float64
	// Autocorrelation is that of neighbours around the slope, from -1 to 1.
	// Where it is high, P is too small; the verdict does not rest on P alone.
	Autocorrelation float64
	// Live is the median of the last three points, in bytes.
	Live   float64
	Points int
	Span   time.Duration
}
