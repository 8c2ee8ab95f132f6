package dump

import "time"

const (
	// restFactor is how much further apart looks are while memory rests than the
	// interval. A jump out of rest is seen that late: within two seconds by default.
	restFactor = 8
	// calmLooks is how many looks in a row nothing moved at until memory rests: a
	// second by default.
	calmLooks = 4
	// nearShare is the part of a threshold that is left when it is near.
	nearShare = 0.1
	// movedShare is the part of the way to the next threshold that counts as a move
	// between two looks.
	movedShare = 1.0 / 64
)

// pace decides when to look at memory again: at each interval while it moves or a
// threshold is near, less often while it rests.
type pace struct {
	last int64 // usage at the last look; bytes
	calm int   // looks in a row without a move
}

// next says how long to wait after a look that showed usage. threshold is the lowest
// above that, 0 for none; both in bytes.
func (p *pace) next(interval time.Duration, usage, threshold int64) time.Duration {
	moved := usage - p.last
	p.last = usage
	left := float64(threshold - usage)
	near := threshold > 0 && left <= nearShare*float64(threshold)
	if near || threshold > 0 && float64(max(moved, -moved)) > movedShare*left {
		p.calm = 0
		return interval
	}
	if p.calm++; p.calm <= calmLooks {
		return interval
	}
	return restFactor * interval
}

// threshold is the lowest threshold, or the limit, above usage; 0 for none.
func (t *trigger) threshold(usage int64) int64 {
	for _, threshold := range t.thresholds {
		if threshold.Bytes > usage && (t.limit == 0 || threshold.Bytes < t.limit) {
			return threshold.Bytes
		}
	}
	if t.limit > usage {
		return t.limit
	}
	return 0
}
