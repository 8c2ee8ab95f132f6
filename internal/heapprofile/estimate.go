package heapprofile

import "math"

// estimate unsamples a record as runtime/pprof does: an object of size s is
// sampled with probability p = 1 - exp(-s/rate), so that each sampled one stands
// for 1/p.
func estimate(objects, bytes int64, rate int) (estimated, variance float64) {
	if objects <= 0 || bytes <= 0 {
		return 0, 0
	}
	size := float64(bytes) / float64(objects)
	estimated = float64(bytes) / chance(size, rate)
	return estimated, varianceOf(estimated, size, rate)
}

// varianceOf is the variance of an estimate of bytes in objects of one size:
// n·s²·(1-p)/p² for n sampled objects, which are p·estimated/s (the thinning of a
// Poisson process, with its unknown count replaced by the estimate).
func varianceOf(estimated, size float64, rate int) float64 {
	p := chance(size, rate)
	return estimated * size * (1 - p) / p
}

// chance is the probability by which an object is sampled.
func chance(size float64, rate int) float64 {
	if rate <= 1 {
		return 1
	}
	return -math.Expm1(-size / float64(rate))
}
