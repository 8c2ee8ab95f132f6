package heapprofile

import "math"

// estimate scales sampled objects and bytes up to all of them, as runtime/pprof does:
// an object of size s is sampled with probability p = 1 - exp(-s/rate), so each
// sampled one stands for 1/p. rate is [runtime.MemProfileRate]; results are bytes and
// bytes squared.
func estimate(objects, bytes int64, rate int) (estimated, variance float64) {
	if objects <= 0 || bytes <= 0 {
		return 0, 0
	}
	size := float64(bytes) / float64(objects)
	estimated = float64(bytes) / chance(size, rate)
	return estimated, varianceOf(estimated, size, rate)
}

// varianceOf is the variance of an estimate of bytes in objects of one size s:
// n·s²·(1-p)/p² for n sampled objects, where n is p·estimated/s (a thinned Poisson
// process whose unknown count is replaced by its estimate).
func varianceOf(estimated, size float64, rate int) float64 {
	p := chance(size, rate)
	return estimated * size * (1 - p) / p
}

// chance is the probability that an object of this size in bytes is sampled.
func chance(size float64, rate int) float64 {
	if rate <= 1 {
		return 1
	}
	return -math.Expm1(-size / float64(rate))
}
