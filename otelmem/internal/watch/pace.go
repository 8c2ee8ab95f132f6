package watch

import "time"

const (
	// coreShare is the part of one core of the target that readings may take: one part in
	// so many, by the time that it takes to answer.
	coreShare = 100
	// maxBackOff is the longest wait after readings that failed.
	maxBackOff = 5 * time.Minute
)

// Wait says how long to wait after a reading for the next one: every, or as long as it
// takes for a reading that took so long to be 1 % of the time. After failures in a row it
// doubles, so that a target that hangs or restarts is left alone. It is a pure function.
func Wait(every, took time.Duration, failures int) time.Duration {
	if failures > 0 {
		wait := every
		for range failures - 1 {
			if wait *= 2; wait >= maxBackOff {
				return max(every, maxBackOff)
			}
		}
		return wait
	}
	return max(every, (coreShare-1)*took)
}
