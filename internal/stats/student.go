package stats

import "math"

// StudentTail is the probability that Student's t of so many degrees of freedom
// exceeds t (Abramowitz and Stegun, Handbook of Mathematical Functions, 1964,
// 26.7.1), by the regularized incomplete beta function.
func StudentTail(t, freedom float64) float64 {
	tail := incompleteBeta(freedom/(freedom+t*t), freedom/2, 0.5) / 2
	if t < 0 {
		return 1 - tail
	}
	return tail
}

// incompleteBeta is I_x(a, b), by its continued fraction (ibid., 26.5.8) after
// Lentz.
func incompleteBeta(x, a, b float64) float64 {
	if x <= 0 || x >= 1 {
		return max(0, min(1, x))
	}
	if x > (a+1)/(a+b+2) {
		return 1 - incompleteBeta(1-x, b, a)
	}
	ab, _ := math.Lgamma(a + b)
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	front := math.Exp(ab-la-lb+a*math.Log(x)+b*math.Log1p(-x)) / a
	const tiny = 1e-300
	f, c, d := 1.0, 1.0, 0.0
	for i := range 200 {
		m := float64(i / 2)
		var numerator float64
		switch {
		case i == 0:
			numerator = 1
		case i%2 == 0:
			numerator = m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		default:
			numerator = -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		}
		if d = 1 + numerator*d; math.Abs(d) < tiny {
			d = tiny
		}
		d = 1 / d
		if c = 1 + numerator/c; math.Abs(c) < tiny {
			c = tiny
		}
		f *= c * d
		if math.Abs(1-c*d) < 1e-12 {
			break
		}
	}
	return front * (f - 1)
}
