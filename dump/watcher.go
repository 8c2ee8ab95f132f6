package dump

import (
	"context"
	"fmt"
	"os"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/internal/tick"
)

const (
	// firstDumpTakes is how long a dump is assumed to take before one was measured.
	firstDumpTakes = time.Second
	// maxDumpTakes bounds the measured time: after a disk hung once, predictions
	// must not come much too early.
	maxDumpTakes = 30 * time.Second
)

// watcher is the goroutine of a Dumper that compares memory with the thresholds.
type watcher struct {
	*Dumper
	trigger   *trigger
	limit     Limit // of the last reading
	recent    slope // of what counts against it
	pace      pace
	dumpTakes time.Duration // of the last dump, from the decision until it was on disk
	lastFile  File          // the last profile of this episode
}

func newWatcher(d *Dumper) *watcher {
	return &watcher{
		Dumper:    d,
		trigger:   newTrigger(nil, 0),
		dumpTakes: firstDumpTakes,
	}
}

// run watches until ctx is done. It closes tried when it has tried the folder, and
// d.done when all its goroutines have ended.
func (w *watcher) run(ctx context.Context, spans *eventSpans, tried chan<- struct{}) {
	defer close(w.done)
	defer spans.sending.Wait()
	defer func() {
		if p := recover(); p != nil {
			w.notify(Event{Kind: Disabled, Text: fmt.Sprintf("the threshold watcher stopped: panic: %v", p)})
		}
	}()
	func() {
		defer close(tried)
		w.noteFolder(w.tryFolder())
	}()
	w.removeLeftovers()
	look := time.NewTimer(tick.Until(time.Now(), w.interval))
	defer look.Stop()
	for {
		if why := w.panicked.Load(); why != nil {
			w.notify(Event{Kind: Disabled, Text: "the threshold watcher stopped: " + *why})
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			next := w.check(ctx)
			if w.retryDue() {
				w.noteFolder(w.tryFolder())
			}
			look.Reset(tick.Until(time.Now(), next))
		}
	}
}

// removeLeftovers removes the files that earlier processes left, and reports their
// unclean exits.
func (w *watcher) removeLeftovers() {
	if err := w.store.removeLeftovers(time.Now()); err != nil {
		w.notify(failure(err))
	}
	exits, err := takeUncleanExits(w.dir, w.host)
	if err != nil {
		w.notify(failure(err))
	}
	for _, exit := range exits {
		w.notify(Event{Kind: UncleanExit, File: exit.LastDump, Text: uncleanExitText(exit, w.evidence())})
	}
}

// check reads memory once and does what the trigger decides. It says when to look
// again.
func (w *watcher) check(ctx context.Context) (next time.Duration) {
	memory := w.read()
	w.follow(w.currentLimit(memory))
	used := usage(memory, w.limit, gcOff())
	d := w.trigger.decide(reading{
		now:   memory.Time,
		usage: used,
		own:   ownUsage(memory),
		slope: w.recent.add(memory.Time, used),
		takes: 2 * (w.dumpTakes + w.interval),
	})
	switch {
	case d.dump:
		w.cross(ctx, d, memory, used)
	case d.episodeEnded:
		w.lastFile = File{}
		if err := w.marker.remove(); err != nil {
			w.notify(failure(err))
		}
	}
	return w.pace.next(w.interval, used, w.trigger.threshold(used))
}

// follow takes the limit as it is now.
func (w *watcher) follow(limit Limit) {
	if limit.Source != w.limit.Source {
		w.recent = slope{} // another figure counts against it
	}
	if limit.Bytes != w.limit.Bytes || w.trigger.thresholds == nil {
		w.trigger.change(thresholdsAt(w.thresholdTexts, limit), limit.Bytes)
	}
	w.limit = limit
}

// cross sends the event span, and writes the profile if there is headroom for it.
func (w *watcher) cross(ctx context.Context, d decision, memory Memory, used int64) {
	start := time.Now()
	suspects := w.askSuspects()
	event := Event{Kind: Crossed, Reason: ReasonThreshold, Threshold: d.threshold, Predicted: d.predicted, Memory: memory}
	event.Text = fmt.Sprintf("memory crossed %s: %s used", d.threshold.Text, textfmt.Size(used))
	if d.predicted {
		event.Reason = ReasonPredicted
		event.Text = fmt.Sprintf("memory will reach its limit of %s within seconds: %s used", textfmt.Size(w.limit.Bytes), textfmt.Size(used))
	}
	ctx, waitSent := w.currentEventSpans().crossed(ctx, d, memory, w.limit, suspects)
	event.SpanContext = trace.SpanContextFromContext(ctx)
	// The marker is written before the profile, since the process is most likely to
	// be killed while it writes that; and while the event is being sent, since a disk
	// can hang.
	state := exitState{
		Tool: metadataTool, Process: os.Getpid(), Started: processStarted, Host: w.host,
		Time: memory.Time, Usage: used, Limit: w.limit.Bytes, LastDump: w.lastFile,
	}
	evidence := w.evidence()
	state.OOMKills, state.SomeStalled, state.FullStalled = evidence.OOMKills, evidence.SomeStalled, evidence.FullStalled
	markerErr := w.marker.write(w.dir, state)
	if err := waitSent(); err != nil {
		event.Err = fmt.Errorf("send the event span: %w", err)
	}
	w.notify(event)
	event.Err = nil

	metadata := newMetadata(memory, w.limit, suspects)
	metadata.Reason, metadata.Episode = event.Reason, d.episode
	metadata.Threshold, metadata.ThresholdText = d.threshold.Bytes, d.threshold.Text
	events, err := w.dump(ctx, event, &metadata)
	if err == nil {
		w.dumpTakes = min(time.Since(start), maxDumpTakes)
		w.lastFile, state.LastDump = events[0].File, events[0].File
		if markerErr == nil {
			markerErr = w.marker.write(w.dir, state)
		}
	}
	// If neither the profile nor the marker could be written, the cause is reported
	// once.
	if markerErr != nil && events[0].Kind != Failed {
		events = append(events, failure(markerErr))
	}
	w.notify(events...)
}
