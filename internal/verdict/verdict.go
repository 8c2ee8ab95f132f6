package verdict

import (
	"fmt"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// Verdict is what a series of live bytes shows.
type Verdict string

const (
	// Growing is an accusation: it rises as a leak does, for longer and by more
	// than what only fills.
	Growing Verdict = "growing"
	// Rising is a fact: it rises. It may be a leak that is young, or something
	// that fills.
	Rising Verdict = "rising"
	// Plateau is growth that has ended: a warm-up, a cache that is full, a leak
	// that stopped.
	Plateau Verdict = "plateau"
	// Churn is much allocated and little held.
	Churn Verdict = "churn"
	// Stable is none of these.
	Stable Verdict = "stable"
	// NotEnoughData is too few points to tell.
	NotEnoughData Verdict = "not enough data"
)

// Rules are what [Judge] goes by. The zero value is the defaults, for bytes.
type Rules struct {
	// MinPoints is the fewest readings of what does not rise that are judged; 6
	// by default. What rises is reported from the second on.
	MinPoints int
	// MinGrowth is the least growth that is reported; 2 MB by default.
	MinGrowth float64
	// Patience is how long a stretch must rise before it is accused; a minute by
	// default. Services warm up in less (detectors/RESULTS.md).
	Patience time.Duration
	// Accused is the growth that is accused; 32 MiB by default. See [Rules.needed].
	Accused float64
	// Alpha is the probability of as steady a rise by chance, below which it is
	// accused; 0.0003 by default. It is of one reading: that of an hour of
	// readings is measured by TestAccusationsInAnHourAreRare.
	Alpha float64
	// Format writes an amount; megabytes by default.
	Format func(float64) string
}

// CountRules are the rules for a number, as of goroutines: 20 are reported, 200 accused.
func CountRules() Rules {
	return Rules{MinGrowth: 20, Accused: 200, Format: func(n float64) string { return fmt.Sprintf("%.0f", n) }}
}

func (r Rules) withDefaults() Rules {
	if r.MinPoints <= 0 {
		r.MinPoints = 6
	}
	if r.MinGrowth <= 0 {
		r.MinGrowth = 2e6
	}
	if r.Patience <= 0 {
		r.Patience = time.Minute
	}
	if r.Accused <= 0 {
		r.Accused = 32 << 20
	}
	if r.Alpha <= 0 || r.Alpha >= 1 {
		r.Alpha = 0.0003
	}
	if r.Format == nil {
		r.Format = func(n float64) string { return textfmt.Size(int64(n)) }
	}
	return r
}

// Result is a verdict and its evidence.
type Result struct {
	Verdict Verdict
	// Reason says it in one sentence.
	Reason string
	// Ended is when the growth that was last accused ended; zero if none was, or
	// if it goes on.
	Ended time.Time
	Evidence
}
