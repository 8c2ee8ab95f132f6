package dump

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// limited is a dumper whose limit the test sets.
func (w *world) limited(at int64, opts ...Option) (*Dumper, *atomic.Int64) {
	limit := new(atomic.Int64)
	limit.Store(at)
	current := func(Memory) Limit {
		if limit.Load() == 0 {
			return Limit{}
		}
		return Limit{Bytes: limit.Load(), Source: memstat.SourceCgroup}
	}
	opts = append([]Option{WithThresholds("50%", "95%"), WithCurrentLimit(current)}, opts...)
	return w.dumper(current(Memory{}), opts...), limit
}

func TestThresholdsFollowALimitThatIsRaised(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		d, limit := w.limited(100 * textfmt.MiB)
		w.start(d, nil)
		w.use(98 * textfmt.MiB)
		if kinds := w.after(time.Minute); !slices.Equal(kinds, []Kind{Crossed, Skipped}) {
			t.Errorf("near the limit: reported %v", kinds)
		}
		limit.Store(4000 * textfmt.MiB)
		if kinds := w.after(time.Hour); kinds != nil {
			t.Errorf("with a limit of 4000 MiB: reported %v", kinds)
		}
		if _, err := d.Dump(t.Context(), "by hand"); err != nil {
			t.Error(err)
		}
		w.after(time.Minute)
		w.use(2001 * textfmt.MiB)
		if kinds := w.after(time.Minute); !slices.Equal(kinds, []Kind{Crossed, Written}) {
			t.Errorf("at half of it: reported %v", kinds)
		}
	})
}

func TestThresholdsFollowALimitThatIsLowered(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		d, limit := w.limited(400 * textfmt.MiB)
		w.start(d, nil)
		w.use(60 * textfmt.MiB)
		if kinds := w.after(time.Hour); kinds != nil {
			t.Errorf("reported %v", kinds)
		}
		limit.Store(100 * textfmt.MiB)
		if kinds := w.after(time.Minute); !slices.Equal(kinds, []Kind{Crossed, Written}) {
			t.Errorf("reported %v, want that it is more than half of 100 MiB", kinds)
		}
		if got := d.Thresholds(); got[0].Bytes != 50*textfmt.MiB {
			t.Errorf("thresholds %v", got)
		}
	})
}

func TestSharesApplyFromWhenThereIsALimit(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		d, limit := w.limited(0)
		w.start(d, nil)
		w.use(90 * textfmt.MiB)
		if kinds := w.after(time.Hour); kinds != nil {
			t.Errorf("without a limit: reported %v", kinds)
		}
		limit.Store(100 * textfmt.MiB)
		if kinds := w.after(time.Minute); !slices.Equal(kinds, []Kind{Crossed, Skipped}) && !slices.Equal(kinds, []Kind{Crossed, Written}) {
			t.Errorf("with one: reported %v", kinds)
		}
	})
}

func TestASoftLimitForbidsNoProfile(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		soft := Limit{Bytes: 50 * textfmt.MiB, Source: memstat.SourceRuntime}
		d := w.dumper(soft, WithThresholds("50%", "95%"))
		w.start(d, nil)
		w.use(80 * textfmt.MiB)
		if kinds := w.after(time.Hour); !slices.Equal(kinds, []Kind{Crossed, Written}) {
			t.Errorf("reported %v", kinds)
		}
		if _, err := d.Dump(t.Context(), "by hand"); err != nil {
			t.Error(err)
		}
	})
}

func TestAThresholdStaysCrossedWhileTheLimitChangesALittle(t *testing.T) {
	trigger := newTrigger([]Threshold{{50, "50%"}, {90, "90%"}}, 100)
	now := time.Unix(1_700_000_000, 0)
	if d := trigger.decide(reading{now: now, usage: 60}); d.threshold.Text != "50%" {
		t.Fatalf("decided %+v", d)
	}
	trigger.change([]Threshold{{20, "20B"}, {49, "50%"}, {88, "90%"}}, 98)
	now = now.Add(time.Hour)
	if d := trigger.decide(reading{now: now, usage: 60, own: 10}); d.dump {
		t.Errorf("decided %+v once more", d)
	}
	if d := trigger.decide(reading{now: now, usage: 60, own: 21}); d.threshold.Text != "20B" {
		t.Errorf("decided %+v, want the size that the process itself has reached", d)
	}
	if d := trigger.decide(reading{now: now, usage: 89, own: 21}); d.threshold.Text != "90%" {
		t.Errorf("decided %+v, want the higher one at once", d)
	}
}
