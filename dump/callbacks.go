package dump

import (
	"fmt"
	"time"
)

// Callbacks are others' code: what they do wrong neither spoils the dump at hand
// nor reaches the application. The watcher turns itself off after it, visibly,
// since who panicked once panics at each crossing.

// tell tells the observer of each event.
func (d *Dumper) tell(events ...Event) {
	for _, e := range events {
		if e.Time.IsZero() {
			e.Time = time.Now()
		}
		func() {
			defer d.contain("the observer")
			d.observer(e)
		}()
	}
}

// askSuspects asks who ran.
func (d *Dumper) askSuspects() (suspects []Suspect) {
	defer d.contain("the source of suspects")
	suspects = d.suspects()
	return suspects[:min(len(suspects), MaxSuspects)]
}

// askFunctions asks which functions belong to one operation.
func (d *Dumper) askFunctions() map[string]Owner {
	defer d.contain("the source of functions")
	return d.functions()
}

// contain ends a panic, and keeps the first.
func (d *Dumper) contain(who string) {
	if p := recover(); p != nil {
		text := fmt.Sprintf("%s panicked: %v", who, p)
		d.broken.CompareAndSwap(nil, &text)
	}
}
