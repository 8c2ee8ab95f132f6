package main

import "time"

const (
	// shortest holds one episode.
	shortest = 2 * time.Minute
	// warmUp is how long the service only warms up, and leaks leak: half as long again
	// as the minute before which nothing is accused.
	warmUp  = 15 * time.Second
	leaking = 85 * time.Second
	// downAfter is when in a leak the backend goes, downFor for how long: it is back
	// before the leak is accused.
	downAfter = 15 * time.Second
	downFor   = 20 * time.Second
	// settled is how long after a change the process is quiet again.
	settled = 5 * time.Second
	// look is how often the process is looked at.
	look = time.Second
)

// episode is when what happens, since the first one began: two leaks of their own start,
// and stop together; the backend goes down and comes back meanwhile.
type episode struct {
	begin, leak, down, up, stop, end time.Duration
}

// plan divides a run into episodes of two to four minutes.
func plan(duration time.Duration) (episodes []episode) {
	n := int(duration / shortest)
	each := duration / time.Duration(n)
	for i := range n {
		begin := time.Duration(i) * each
		leak := begin + warmUp
		episodes = append(episodes, episode{
			begin: begin, leak: leak, down: leak + downAfter, up: leak + downAfter + downFor,
			stop: leak + leaking, end: begin + each,
		})
	}
	return episodes
}

// quiet says whether nothing leaks at an instant, nor did just before.
func (e *episode) quiet(at time.Duration) bool {
	return at >= e.begin+settled && at < e.leak || at >= e.stop+settled
}
