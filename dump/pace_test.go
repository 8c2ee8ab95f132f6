package dump

import (
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

func TestLooksAreFarApartOnlyWhileMemoryRests(t *testing.T) {
	const interval, mib = 250 * time.Millisecond, textfmt.MiB
	for name, test := range map[string]struct {
		usage     func(look int) int64
		threshold int64
		want      time.Duration // after ten looks
	}{
		"far and still":           {func(int) int64 { return 20 * mib }, 2048 * mib, 2 * time.Second},
		"far and nearly still":    {func(look int) int64 { return (20 + int64(look)) * mib }, 2048 * mib, 2 * time.Second},
		"far and growing":         {func(look int) int64 { return int64(look) * 50 * mib }, 2048 * mib, interval},
		"far and falling":         {func(look int) int64 { return 1000*mib - int64(look)*50*mib }, 2048 * mib, interval},
		"still and near":          {func(int) int64 { return 1900 * mib }, 2048 * mib, interval},
		"above all there is":      {func(int) int64 { return 9 * mib }, 0, 2 * time.Second},
		"a small limit, at rest":  {func(int) int64 { return 20 * mib }, 64 * mib, 2 * time.Second},
		"a small limit, it moves": {func(look int) int64 { return int64(20+look%2*2) * mib }, 64 * mib, interval},
	} {
		t.Run(name, func(t *testing.T) {
			var p pace
			var got time.Duration
			for look := range 10 {
				got = p.next(interval, test.usage(look), test.threshold)
			}
			if got != test.want {
				t.Errorf("the next look in %v, want in %v", got, test.want)
			}
		})
	}
}

// The promise about jumps: two seconds out of rest, a look while memory moves.
func TestAJumpOutOfRestIsSeenWithinTwoSeconds(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.start(w.dumper(Limit{}), nil)
		w.after(time.Minute)
		w.use(70 * textfmt.MiB)
		began := time.Now()
		w.await(Crossed)
		if took := time.Since(began); took > restFactor*250*time.Millisecond {
			t.Errorf("seen after %v, want within 2s", took)
		}
		w.await(Written)
		w.use(130 * textfmt.MiB)
		began = time.Now()
		w.await(Crossed)
		if took := time.Since(began); took > 250*time.Millisecond {
			t.Errorf("the next jump is seen after %v, want at the next look", took)
		}
	})
}
