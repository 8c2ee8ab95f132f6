package heaptag

import "math"

// estimate unsamples a record as runtime/pprof does: an object of size s is
// sampled with probability p = 1 - exp(-s/rate), so that each sampled one stands
// for 1/p. The variance of that sum is n·s²·(1-p)/p² for n sampled objects of
// size s (the thinning of a Poisson process, with its unknown count replaced by
// the estimate).
func estimate(objects, bytes int64, rate int) (estimated, variance float64) {
	if objects <= 0 || bytes <= 0 {
		return 0, 0
	}
	if rate <= 1 {
		return float64(bytes), 0
	}
	size := float64(bytes) / float64(objects)
	p := -math.Expm1(-size / float64(rate))
	return float64(bytes) / p, float64(objects) * size * size * (1 - p) / (p * p)
}
