package dump

import (
	"context"
	"fmt"
	"os"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

// How long a dump is thought to take before one was measured, and at most: a disk
// that hung once must not make us foresee the limit from afar.
const (
	firstDump = time.Second
	maxTakes  = 30 * time.Second
)

// watcher is the goroutine of a Dumper.
type watcher struct {
	*Dumper
	trigger *trigger
	recent  slope
	takes   time.Duration // from the decision until the last profile was on disk
	last    File          // of this episode
}

func newWatcher(d *Dumper) *watcher {
	return &watcher{
		Dumper:  d,
		trigger: newTrigger(d.rungs, d.limit.Bytes),
		takes:   firstDump,
	}
}

// run watches until ctx is done, and closes d.done when nothing of it is left.
func (w *watcher) run(ctx context.Context, s *spans) {
	defer close(w.done)
	defer s.leaving.Wait()
	defer func() {
		if p := recover(); p != nil {
			w.tell(Event{Kind: Disabled, Text: fmt.Sprintf("the watcher of thresholds stopped: panic: %v", p)})
		}
	}()
	w.tidyUp()
	ticker := time.NewTicker(w.interval)
	defer ticker.Stop()
	for {
		if why := w.broken.Load(); why != nil {
			w.tell(Event{Kind: Disabled, Text: "the watcher of thresholds stopped: " + *why})
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			w.look(ctx)
		}
	}
}

// tidyUp cares for what an earlier process left.
func (w *watcher) tidyUp() {
	if err := w.store.clean(time.Now()); err != nil {
		w.tell(failure(err))
	}
	states, err := takeUnclean(w.dir, w.host)
	if err != nil {
		w.tell(failure(err))
	}
	for _, s := range states {
		w.tell(Event{Kind: UncleanExit, File: s.LastDump, Text: uncleanText(s)})
	}
}

// look reads memory once and does what the trigger decides.
func (w *watcher) look(ctx context.Context) {
	snap := w.read()
	used := usage(snap, w.limit, gcOff())
	d := w.trigger.decide(reading{
		now:   snap.Time,
		usage: used,
		slope: w.recent.add(snap.Time, used),
		takes: 2 * (w.takes + w.interval),
	})
	switch {
	case d.dump:
		w.cross(ctx, d, snap, used)
	case d.over:
		w.last = File{}
		if err := w.note.remove(); err != nil {
			w.tell(failure(err))
		}
	}
}

// cross emits the event, and writes the profile if there is room for that.
func (w *watcher) cross(ctx context.Context, d decision, snap memstat.Snapshot, used int64) {
	start := time.Now()
	suspects := w.askSuspects()
	event := Event{Kind: Crossed, Reason: ReasonThreshold, Rung: d.rung, Predicted: d.predicted, Snapshot: snap}
	event.Text = fmt.Sprintf("memory crossed %s: %s used", d.rung.Text, memstat.FormatMB(used))
	if d.predicted {
		event.Reason = ReasonPredicted
		event.Text = fmt.Sprintf("memory will reach its limit of %s within seconds: %s used", memstat.FormatMB(w.limit.Bytes), memstat.FormatMB(used))
	}
	ctx, wait := w.currentSpans().crossed(ctx, d, snap, w.limit, suspects)
	event.SpanContext = trace.SpanContextFromContext(ctx)
	// The note comes before the profile, since a kill most likely does while that
	// is being written; and while the event leaves, since a disk can hang.
	state := exitState{
		Tool: sideTool, Process: os.Getpid(), Began: processBegan, Host: w.host,
		Time: snap.Time, Usage: used, Limit: w.limit.Bytes, LastDump: w.last,
	}
	noteErr := w.note.write(w.dir, state)
	if err := wait(); err != nil {
		event.Err = fmt.Errorf("send the event span: %w", err)
	}
	w.tell(event)
	event.Err = nil

	side := newSide(snap, w.limit, suspects)
	side.Reason, side.Episode = event.Reason, d.episode
	side.Threshold, side.ThresholdText = d.rung.Bytes, d.rung.Text
	events, err := w.produce(ctx, event, &side)
	if err == nil {
		w.takes = min(time.Since(start), maxTakes)
		w.last, state.LastDump = events[0].File, events[0].File
		if noteErr == nil {
			noteErr = w.note.write(w.dir, state)
		}
	}
	// Where neither profile nor note could be written, the cause is told once.
	if noteErr != nil && events[0].Kind != Failed {
		events = append(events, failure(noteErr))
	}
	w.tell(events...)
}
