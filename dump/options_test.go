package dump

import (
	"strings"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

func TestBadSettingsAreNamedAllAtOnce(t *testing.T) {
	_, err := New(newWorld(t).read, Limit{}, WithRetention(-1, -2), WithInterval(time.Microsecond), WithThresholds("lots"), nil)
	if err == nil {
		t.Fatal("want an error")
	}
	for _, want := range []string{"WithRetention: got -1", "got -2", "WithInterval: got 1µs", `"lots"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q lacks %q", err, want)
		}
	}
	if _, err := New(nil, Limit{}); err == nil {
		t.Error("no reader: want an error")
	}
}

func TestZeroValuesChangeNothing(t *testing.T) {
	d, err := New(newWorld(t).read, Limit{},
		WithThresholds(), WithDir(""), WithRetention(0, 0), WithInterval(0), WithSuspects(nil), WithObserver(nil), WithFunctions(nil))
	if err != nil {
		t.Fatal(err)
	}
	if d.dir != "logs/heap-dumps" || d.maxFiles != 20 || d.maxBytes != textfmt.GiB || d.interval != 250*time.Millisecond || len(d.Thresholds()) != 5 {
		t.Errorf("settings %+v", d.config)
	}
	d.notify(Event{})
	d.askSuspects()
	if functions := d.askFunctions(); functions != nil || d.panicked.Load() != nil {
		t.Errorf("a default callback does harm: %v", functions)
	}
}
