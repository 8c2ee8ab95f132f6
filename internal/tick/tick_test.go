package tick_test

import (
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/tick"
)

func TestAllThatLooksWakesTogether(t *testing.T) {
	start := time.Date(2026, 11, 1, 12, 0, 0, 300e6, time.UTC)
	for every, want := range map[time.Duration]time.Duration{
		250 * time.Millisecond: 200 * time.Millisecond,
		time.Second:            700 * time.Millisecond,
		2 * time.Second:        1700 * time.Millisecond,
	} {
		if got := tick.Until(start, every); got != want {
			t.Errorf("each %v: in %v, want in %v", every, got, want)
		}
	}
	if got := tick.Until(start.Truncate(time.Second), time.Second); got != time.Second {
		t.Errorf("at the very instant: again in %v, want in 1s", got)
	}
}
