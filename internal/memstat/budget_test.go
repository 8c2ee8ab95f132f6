package memstat

import (
	"testing"
	"time"
)

func TestBudgetTakesTwoPercentOfABusySecond(t *testing.T) {
	for _, cost := range []time.Duration{500 * time.Nanosecond, 5 * time.Microsecond, 50 * time.Microsecond} {
		b := budget{credit: 2 * time.Millisecond}
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
	b := budget{credit: 2 * time.Millisecond}
	b.spend(0, time.Microsecond)
	b.spend(time.Second, time.Second) // descheduled in the middle
	if next := time.Second + time.Millisecond; !b.allow(next) {
		t.Errorf("no read allowed %v after an interrupted one", time.Millisecond)
	}
}

func TestBudgetSurvivesAnInterruptedFirstRead(t *testing.T) {
	b := budget{credit: 2 * time.Millisecond}
	b.spend(0, time.Second)
	if next := 10 * time.Millisecond; !b.allow(next) {
		t.Errorf("no read allowed %v after a first one that was interrupted", next)
	}
}

func TestBudgetCreditIsBounded(t *testing.T) {
	b := budget{credit: 2 * time.Millisecond}
	b.spend(0, time.Microsecond)
	reads := 0
	for now := time.Hour; b.allow(now); reads++ {
		b.spend(now, time.Microsecond)
	}
	if reads < 20 || reads > 60 {
		t.Errorf("%d reads at once after an hour's rest, want about 40", reads)
	}
}
