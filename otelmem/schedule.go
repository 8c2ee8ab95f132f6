package otelmem

import "time"

// How often the heap profile is read. A reading is worth what it may show: soon after
// the start and while something grows, verdicts wait for it; a quiet process has
// nothing to say. What it costs bounds it in any case.
const (
	// readSoon is how far apart readings are while verdicts wait for them.
	readSoon = 5 * time.Second
	// readStart is for how long a process counts as just started.
	readStart = 3 * time.Minute
	// readCostShare is the part of wall time that readings may take.
	readCostShare = 0.001
	// nearLimit is within which time the memory limit is near.
	nearLimit = 10 * time.Minute
)

// nextReading says how long to wait for the next reading of the heap profile. ran is
// how long diagnostics have run, grows whether something grows, left how long until
// the memory limit (0: not foreseen), took the cost of the last reading, and interval
// the report interval: the longest wait. It is a pure function.
func nextReading(ran time.Duration, grows bool, left, took, interval time.Duration) time.Duration {
	wait := interval
	if ran < readStart || grows || left > 0 && left < nearLimit {
		wait = min(wait, readSoon)
	}
	return min(max(wait, time.Duration(float64(took)/readCostShare)), max(interval, readSoon))
}
