package dump

import (
	"fmt"
	"time"
)

// Callbacks are code of the application. A panic in one does not reach the
// application, and the profile in progress is still written. After it the watcher
// stops and reports that, since the callback would panic again at each crossing.

// notify calls the observer with each event.
func (d *Dumper) notify(events ...Event) {
	for _, e := range events {
		if e.Time.IsZero() {
			e.Time = time.Now()
		}
		func() {
			defer d.recoverFrom("the observer")
			d.observer(e)
		}()
	}
}

// askSuspects returns the operations that are running, at most MaxSuspects.
func (d *Dumper) askSuspects() (suspects []Suspect) {
	defer d.recoverFrom("the source of suspects")
	suspects = d.suspects()
	return suspects[:min(len(suspects), MaxSuspects)]
}

// askFunctions returns the functions that belong to one operation alone.
func (d *Dumper) askFunctions() map[string]Owner {
	defer d.recoverFrom("the source of functions")
	return d.functions()
}

// recoverFrom recovers from a panic of a callback, and keeps the first.
func (d *Dumper) recoverFrom(callback string) {
	if p := recover(); p != nil {
		text := fmt.Sprintf("%s panicked: %v", callback, p)
		d.panicked.CompareAndSwap(nil, &text)
	}
}
