package memstat

import (
	"testing"
	"time"
)

func TestBudgetTakesTwoPercentOfABusySecond(t *testing.T) {
	for _, cost := range []time.Duration{500 * time.Nanosecond, 5 * time.Microsecond, 50 * time.Microsecond} {
		b := budget{share: 0.02, cores: 1, credit: 40 * time.Microsecond}
		var used time.Duration
		for now := time.Duration(0); now < time.Second; now += time.Microsecond {
			if b.allow(now) {
				b.spend(now, cost)
				used += cost
			}
		}
		if used < 19*time.Millisecond || used > 21*time.Millisecond {
			t.Errorf("reads of %v used %v of a second, want 2 %%", cost, used)
		}
	}
}

func TestBudgetSurvivesAnInterruptedRead(t *testing.T) {
	b := budget{share: 0.02, cores: 1, credit: 40 * time.Microsecond}
	b.spend(0, time.Microsecond)
	b.spend(time.Second, time.Second) // descheduled in the middle
	if next := time.Second + time.Millisecond; !b.allow(next) {
		t.Errorf("no read allowed %v after an interrupted one", time.Millisecond)
	}
}

func TestBudgetSurvivesAnInterruptedFirstRead(t *testing.T) {
	b := budget{share: 0.02, cores: 1, credit: 40 * time.Microsecond}
	b.spend(0, time.Second)
	if next := 10 * time.Millisecond; !b.allow(next) {
		t.Errorf("no read allowed %v after a first one that was interrupted", next)
	}
}

// A process that does little may spend little, and still has figures of its own time.
func TestFiguresAreNeverOlderThanTheirMaximum(t *testing.T) {
	b := budget{share: 0.02, cores: 0.01, credit: 40 * time.Microsecond, maxAge: 5 * time.Millisecond}
	reads, oldest, last := 0, time.Duration(0), time.Duration(0)
	for now := time.Duration(0); now < time.Second; now += time.Microsecond {
		if b.allow(now) {
			b.spend(now, 5*time.Microsecond)
			oldest, last = max(oldest, now-last), now
			reads++
		}
	}
	if oldest > b.maxAge {
		t.Errorf("figures were %v old, want %v at most", oldest, b.maxAge)
	}
	if reads > 420 {
		t.Errorf("%d reads in a second at a hundredth of a core, want about two each %v", reads, b.maxAge)
	}
}

func TestBudgetFollowsWhatTheProcessUses(t *testing.T) {
	for cores, want := range map[float64]time.Duration{0.1: 2 * time.Millisecond, 1: 20 * time.Millisecond, 2: 40 * time.Millisecond} {
		b := budget{share: 0.02, cores: cores, credit: 40 * time.Microsecond}
		var used time.Duration
		for now := time.Duration(0); now < time.Second; now += time.Microsecond {
			if b.allow(now) {
				b.spend(now, 2*time.Microsecond)
				used += 2 * time.Microsecond
			}
		}
		if used < want*95/100 || used > want*105/100 {
			t.Errorf("with %v cores busy, reads used %v of a second, want %v", cores, used, want)
		}
	}
}

func TestBudgetCreditIsBounded(t *testing.T) {
	b := budget{share: 0.02, cores: 1, credit: 40 * time.Microsecond}
	b.spend(0, time.Microsecond)
	reads := 0
	for now := time.Hour; b.allow(now); reads++ {
		b.spend(now, time.Microsecond)
	}
	if reads < 20 || reads > 60 {
		t.Errorf("%d reads at once after an hour's rest, want about 40", reads)
	}
}

// A quiet service has short spans, far apart. What is read at a start only would leave
// their growth to nobody, or to the next.
func TestShortSpansAreReadAtBothEnds(t *testing.T) {
	b := budget{share: 0.01, cores: 0.05, credit: 200 * time.Microsecond, maxAge: 50 * time.Millisecond}
	both, one := 0, 0
	read := func(now time.Duration) bool {
		if !b.allow(now) {
			return false
		}
		b.spend(now, 8*time.Microsecond)
		return true
	}
	for begin := time.Duration(0); begin < 10*time.Second; begin += 10 * time.Millisecond {
		start, end := read(begin), read(begin+100*time.Microsecond)
		switch {
		case start && end:
			both++
		case start || end:
			one++
		}
		if begin%time.Second == 0 {
			b.background(begin+5*time.Millisecond, 8*time.Microsecond)
		}
	}
	if both < 200 || one > both/20 {
		t.Errorf("%d spans of 1,000 were read at both ends, and %d at one", both, one)
	}
}
