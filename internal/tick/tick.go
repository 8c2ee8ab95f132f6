// Package tick says when what looks at the process looks again. To wake a process that
// rests costs many times what a look costs: so all that looks wakes it together.
package tick

import "time"

// Until is how long from now until the next whole multiple of every on the wall clock:
// whatever waits so, with any multiple of one interval, wakes at the same instants. It
// is above 0 and at most every.
func Until(now time.Time, every time.Duration) time.Duration {
	return now.Truncate(every).Add(every).Sub(now)
}
