package memstat

import (
	"sync/atomic"
	"time"
)

// What reads on the path of spans may cost, and how old their figures may be. The
// resident set costs several times as much to read as the runtime's figures.
const (
	// runtimeShare and processShare are the parts of the CPU time of this process
	// that reads of a kind may take: a service pays in proportion to what it does,
	// however busy it is.
	runtimeShare = 0.02
	processShare = 0.01
	// runtimeCredit and processCredit are the CPU time of reads that may follow one
	// another at once after a quiet time: about 40 reads.
	runtimeCredit = 80 * time.Microsecond
	processCredit = 200 * time.Microsecond
	// runtimeMaxAge and processMaxAge are the ages at which figures are read again
	// whatever the budget says, so that each span that lasts longer has fresh ones at
	// its start and end.
	runtimeMaxAge = 5 * time.Millisecond
	processMaxAge = 50 * time.Millisecond
)

// budget says how often memory may be read: whenever reads have used less than a
// share of the process's CPU time, with some credit for a quiet time before. So a
// quiet service reads fresh at each start and end, and a busy one shares. Reads come in
// pairs: after one at a span's start the next is at once allowed, which in a quiet
// service is at that span's end. Else short spans would see nothing of what they do.
//
// It is the generic cell rate algorithm: due is the instant up to which the
// reads so far have used the budget up. allow is safe for concurrent use; all else
// needs the lock that guards the read.
type budget struct {
	every  time.Duration // fixed spacing; 0: by share
	share  float64       // of CPU time
	credit time.Duration // of CPU time
	maxAge time.Duration // 0 for none

	cores   float64       // that the process keeps busy
	due     time.Duration // since the reader was made
	typical time.Duration // running mean cost of a read
	opens   atomic.Int64  // when the next read is allowed, since the reader was made
	half    bool          // one of a pair was made
}

// allow says whether a read may be made at now, the time since the reader was made.
func (b *budget) allow(now time.Duration) bool { return time.Duration(b.opens.Load()) <= now }

// spend charges a read of a span's that started at now and took cost.
func (b *budget) spend(now, cost time.Duration) {
	opens := b.charge(now, cost)
	if b.half = b.every == 0 && !b.half; b.half {
		opens = now
	}
	b.opens.Store(int64(opens))
}

// background charges a read that no span asked for: it is no part of a pair.
func (b *budget) background(now, cost time.Duration) {
	if opens := b.charge(now, cost); !b.half {
		b.opens.Store(int64(opens))
	}
}

// charge returns when the next read is allowed after one that started at now and took
// cost.
func (b *budget) charge(now, cost time.Duration) (opens time.Duration) {
	if b.every > 0 {
		return now + b.every
	}
	// A read that the scheduler interrupted looks expensive without having used
	// the processor: it must not prevent reads for long. Of the first one nothing is
	// known, so that it costs at most what the credit allows.
	if b.typical == 0 {
		b.typical = min(cost, b.credit)
	}
	cost = min(cost, 4*b.typical)
	b.typical += (cost - b.typical) / 8
	wall := func(cpu time.Duration) time.Duration { return time.Duration(float64(cpu) / (b.share * b.cores)) }
	b.due = max(b.due, now) + wall(cost)
	opens = b.due - wall(b.credit)
	if b.maxAge > 0 && opens > now+b.maxAge {
		// Reads that are made for their age are not held against those that follow.
		opens = now + b.maxAge
		b.due = opens + wall(b.credit)
	}
	return opens
}
