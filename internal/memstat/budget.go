package memstat

import (
	"sync/atomic"
	"time"
)

const (
	// budgetShare is the part of wall time that reads of one kind may take.
	budgetShare = 0.02

	// Credit for a quiet time: about 40 reads of each kind can follow one another
	// at once before the budget spaces them.
	runtimeCredit = 2 * time.Millisecond
	processCredit = 10 * time.Millisecond
)

// budget says how often memory may be read: whenever reads have used less than
// [budgetShare] of wall time, with some credit for a quiet time before. So a
// quiet service reads fresh at each start and end, and a busy one shares.
//
// It is the generic cell rate algorithm: due is the instant up to which the
// reads so far have used the budget up. allow is safe for concurrent use; spend
// needs the lock that guards the read.
type budget struct {
	every   time.Duration // fixed spacing; 0: by share
	credit  time.Duration // how far due may lie ahead
	due     atomic.Int64  // since the reader was made
	typical time.Duration // running mean cost of a read
}

// allow says whether a read may be made at now, the time since the reader was made.
func (b *budget) allow(now time.Duration) bool {
	return time.Duration(b.due.Load()) <= now+b.credit
}

// spend charges a read that started at now and took cost.
func (b *budget) spend(now, cost time.Duration) {
	if b.every > 0 {
		b.due.Store(int64(now + b.every))
		return
	}
	// A read that the scheduler interrupted looks expensive without having used
	// the processor: it must not prevent reads for long. Of the first one nothing is
	// known, so that it costs at most what the credit allows.
	if b.typical == 0 {
		b.typical = min(cost, time.Duration(budgetShare*float64(b.credit)))
	}
	cost = min(cost, 4*b.typical)
	b.typical += (cost - b.typical) / 8
	due := max(time.Duration(b.due.Load()), now)
	b.due.Store(int64(due + time.Duration(float64(cost)/budgetShare)))
}
