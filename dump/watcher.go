package dump

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/metrics"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

// firstDump is how long a dump is thought to take before one was measured.
const firstDump = time.Second

// watcher is the goroutine of a Dumper.
type watcher struct {
	*Dumper
	trigger *trigger
	recent  slope
	takes   time.Duration
}

func newWatcher(d *Dumper) *watcher {
	return &watcher{
		Dumper:  d,
		trigger: newTrigger(d.rungs, d.limit.Bytes),
		takes:   firstDump,
	}
}

func (w *watcher) run(stop <-chan struct{}) {
	defer func() {
		if p := recover(); p != nil {
			w.tell(Event{Kind: Disabled, Text: fmt.Sprintf("the watcher of thresholds stopped: panic: %v", p)})
		}
	}()
	w.tidyUp()
	ticker := time.NewTicker(w.interval)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case <-ticker.C:
			w.look()
		}
	}
}

// tidyUp cares for what an earlier process left.
func (w *watcher) tidyUp() {
	if err := w.store.clean(time.Now()); err != nil {
		w.tell(Event{Kind: Failed, Err: err, Text: err.Error()})
	}
	states, err := takeUnclean(w.dir, w.host)
	if err != nil {
		w.tell(Event{Kind: Failed, Err: err, Text: err.Error()})
	}
	for _, s := range states {
		text := fmt.Sprintf("process %d ended without Shutdown while it used %s (%s)", s.Process, memstat.FormatMB(s.Usage), s.Time.Format(time.RFC3339))
		if s.LastDump.Path != "" {
			text += "; its last heap profile is " + s.LastDump.Path
		}
		w.tell(Event{Kind: UncleanExit, File: s.LastDump, Text: text})
	}
}

// look reads memory once and does what the trigger decides.
func (w *watcher) look() {
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
		w.cross(d, snap, used)
	case d.over:
		if err := removeState(w.dir, w.host, os.Getpid()); err != nil {
			w.tell(Event{Kind: Failed, Err: err, Text: err.Error()})
		}
	}
}

// cross emits the event, and writes the profile if there is room for that.
func (w *watcher) cross(d decision, snap memstat.Snapshot, used int64) {
	if err := w.takeTurn(context.Background()); err != nil {
		return
	}
	defer w.giveTurn()
	suspects := w.askSuspects()
	event := Event{Kind: Crossed, Reason: ReasonThreshold, Threshold: d.rung, Predicted: d.predicted, Snapshot: snap}
	event.Text = fmt.Sprintf("memory crossed %s: %s used", d.rung.Text, memstat.FormatMB(used))
	if d.predicted {
		event.Reason = ReasonPredicted
		event.Text = fmt.Sprintf("memory will reach its limit of %s within seconds: %s used", memstat.FormatMB(w.limit.Bytes), memstat.FormatMB(used))
	}
	ctx, err := w.currentSpans().crossed(context.Background(), d, snap, w.limit, suspects)
	if err != nil {
		event.Err = fmt.Errorf("send the event span: %w", err)
	}
	w.tell(event)

	state := exitState{Tool: sideTool, Process: os.Getpid(), Host: w.host, Time: snap.Time, Usage: used, Limit: w.limit.Bytes}
	if why := w.shortage(snap); why != "" {
		event.Kind, event.Text = Skipped, why
		w.tell(event)
	} else {
		side := newSide(snap, w.limit, suspects)
		side.Reason, side.Episode = event.Reason, d.episode
		side.Threshold, side.ThresholdText = d.rung.Bytes, d.rung.Text
		start := time.Now()
		if file, err := w.writeAndTell(ctx, event, &side); err == nil {
			w.takes = time.Since(start)
			state.LastDump = file
		}
	}
	if err := state.save(w.dir); err != nil {
		w.tell(Event{Kind: Failed, Err: err, Text: err.Error()})
	}
}

// askSuspects asks who ran. An answer is not worth losing the dump.
func (w *watcher) askSuspects() (suspects []Suspect) {
	defer func() {
		if recover() != nil {
			suspects = nil
		}
	}()
	suspects = w.suspects()
	return suspects[:min(len(suspects), MaxSuspects)]
}

// gcOff says whether GOGC is off.
func gcOff() bool {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	return sample[0].Value.Kind() == metrics.KindUint64 && sample[0].Value.Uint64() > 1<<31
}

// existing is dir, or the nearest folder above it that is there.
func existing(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return dir
		}
		dir = parent
	}
}
