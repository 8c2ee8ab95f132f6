package dump

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// errNoHeadroom is wrapped by the error of a dump that was not written on purpose.
var errNoHeadroom = errors.New("not enough headroom")

// Dump writes a heap profile now. reason becomes part of its name, reduced to safe
// characters, and is written to its metadata file unchanged, up to 4 KiB. Its span is a child of
// the span in ctx, if there is one. Dump waits for another dump that is being
// written, until ctx is done; ctx does not interrupt the writing itself. It fails if
// there is not enough headroom, as at a threshold. Before Start it works, without a
// span; after Shutdown too.
func (d *Dumper) Dump(ctx context.Context, reason string) (file File, err error) {
	event := Event{Reason: ReasonManual}
	defer func() {
		if p := recover(); p != nil {
			event.Kind, event.Err = Failed, fmt.Errorf("write a heap profile: panic: %v", p)
			event.Text = event.Err.Error()
			d.notify(event)
			file, err = File{}, event.Err
		}
	}()
	event.Memory = d.read()
	metadata := newMetadata(event.Memory, d.currentLimit(event.Memory), nil)
	metadata.Reason, metadata.Detail = ReasonManual, cutText(reason, maxDetail)
	events, err := d.dump(ctx, event, &metadata)
	d.notify(events...)
	return events[0].File, err
}

// dump writes a profile when no other one is being written. It returns the events to
// report, that of the profile first. It reports none itself: the observer may call
// Dump, which would wait for this one.
func (d *Dumper) dump(ctx context.Context, event Event, metadata *Metadata) ([]Event, error) {
	if err := d.lockWriting(ctx); err != nil {
		event.Kind, event.Err, event.Text = Skipped, err, err.Error()
		return []Event{event}, err
	}
	defer d.unlockWriting()
	// Memory is read again, since waiting may have taken a while.
	memory := d.read()
	stacks := profileStacks()
	if why := memoryShortage(ownUsage(memory), d.currentLimit(memory), stacks); why != "" {
		event.Kind, event.Text = Skipped, why
		return []Event{event}, fmt.Errorf("write a heap profile: %w: %s", errNoHeadroom, why)
	}
	// What else is wrong with the folder shows when the profile is written.
	if err := d.store.makeReady(stacks); errors.Is(err, errNoHeadroom) {
		// A failure, since it lasts until somebody makes space.
		d.noteDump(err)
		event.Kind, event.Err, event.Text = Failed, err, err.Error()
		return []Event{event}, err
	}
	file, err := d.writeWithSpan(ctx, &event, metadata)
	d.noteDump(err)
	if err != nil {
		event.Kind, event.Err, event.Text = Failed, err, err.Error()
		return []Event{event}, err
	}
	// If adding labels fails, the profile is complete all the same: they can be added
	// later.
	var after []Event
	memory = d.read()
	if headroomToLabel(ownUsage(memory), d.currentLimit(memory)) {
		if err := d.labelSafely(file.Path); err != nil {
			after = append(after, failure(err))
		} else if info, err := os.Stat(file.Path); err == nil {
			file.Size = info.Size()
		}
	}
	event.Kind, event.File, event.Text = Written, file, "heap profile written to "+file.Path
	if runtime.MemProfileRate == 0 {
		event.Text += "; it is empty, since runtime.MemProfileRate is 0"
	}
	if err := d.store.prune(file); err != nil {
		after = append(after, failure(err))
	}
	return append([]Event{event}, after...), nil
}

func (d *Dumper) writeWithSpan(ctx context.Context, event *Event, metadata *Metadata) (File, error) {
	metadata.Time = time.Now().UTC()
	metadata.Host = d.host
	metadata.Tags.Functions = d.askFunctions()
	span := d.currentEventSpans().startWriting(ctx, metadata)
	event.SpanContext = span.SpanContext()
	if parent := trace.SpanContextFromContext(ctx); parent.IsValid() {
		metadata.setSpan(parent)
	} else {
		metadata.setSpan(event.SpanContext)
	}
	file, err := d.writeSafely(baseName(subject(metadata.Reason, metadata.Detail, event.Threshold), metadata.Time), metadata)
	endWriting(span, file, event.Memory, metadata.Limit, err)
	return file, err
}

// failure is the event of an error that did not prevent a dump.
func failure(err error) Event { return Event{Kind: Failed, Err: err, Text: err.Error()} }

// writeSafely writes the profile, and returns a panic as an error.
func (d *Dumper) writeSafely(base string, metadata *Metadata) (file File, err error) {
	defer func() {
		if p := recover(); p != nil {
			file, err = File{}, fmt.Errorf("write a heap profile: panic: %v", p)
		}
	}()
	return d.store.write(base, metadata, writeHeap)
}

// labelSafely adds the labels to a profile, and returns a panic as an error.
func (d *Dumper) labelSafely(path string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("label %s: panic: %v", path, p)
		}
	}()
	return d.store.files.label(path, path)
}
