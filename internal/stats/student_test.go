package stats

import "testing"

// Points of Student's t that are exceeded with a probability of 1, 0.5 and 0.1 %:
// NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.
func TestStudentTail(t *testing.T) {
	for _, test := range []struct{ freedom, t, p float64 }{
		{1, 31.821, 0.01}, {2, 6.965, 0.01}, {3, 4.541, 0.01}, {6, 3.143, 0.01}, {30, 2.457, 0.01}, {100, 2.364, 0.01},
		{1, 63.657, 0.005}, {5, 4.032, 0.005},
		{1, 318.313, 0.001}, {2, 22.327, 0.001}, {4, 7.173, 0.001}, {10, 4.143, 0.001}, {60, 3.232, 0.001},
	} {
		if got := StudentTail(test.t, test.freedom); !near(got, test.p, test.p/200) {
			t.Errorf("t %v, %v degrees of freedom: %v, want %v", test.t, test.freedom, got, test.p)
		}
		if got := StudentTail(-test.t, test.freedom); !near(got, 1-test.p, test.p/200) {
			t.Errorf("t %v, %v degrees of freedom: %v, want %v", -test.t, test.freedom, got, 1-test.p)
		}
	}
	if got := StudentTail(0, 5); got != 0.5 {
		t.Errorf("t 0: %v, want 0.5", got)
	}
}
