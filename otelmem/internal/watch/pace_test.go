package watch

import (
	"testing"
	"time"
)

func TestReadingsTakeOnePercentOfACoreAtMost(t *testing.T) {
	const every = 15 * time.Second
	for _, test := range []struct {
		took     time.Duration
		failures int
		want     time.Duration
	}{
		{0, 0, every},
		{100 * time.Millisecond, 0, every},
		{time.Second, 0, 99 * time.Second},
		{time.Second, 1, every},
		{0, 2, 2 * every},
		{0, 4, 8 * every},
		{0, 40, 5 * time.Minute},
	} {
		if got := Wait(every, test.took, test.failures); got != test.want {
			t.Errorf("after a reading of %v and %d failures it waits %v, want %v", test.took, test.failures, got, test.want)
		}
	}
}

func TestTheLastReadingIsAtTheEnd(t *testing.T) {
	now := time.Unix(1000, 0)
	for name, test := range map[string]struct {
		took, left time.Duration
		wait       time.Duration
		more       bool
	}{
		"far away":                {0, time.Minute, 15 * time.Second, true},
		"near":                    {0, 4 * time.Second, 4 * time.Second, true},
		"too soon after this one": {time.Second, 4 * time.Second, 4 * time.Second, false},
		"over":                    {0, 0, 0, false},
		"no end, slow":            {time.Second, -1, 99 * time.Second, true},
	} {
		until := now.Add(test.left)
		if test.left < 0 {
			until = time.Time{}
		}
		if wait, more := next(15*time.Second, test.took, 0, until, now); wait != test.wait || more != test.more {
			t.Errorf("%s: waits %v, more %t; want %v, %t", name, wait, more, test.wait, test.more)
		}
	}
}
