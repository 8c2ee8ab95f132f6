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

// errNoRoom is in the error of a dump that was not written on purpose.
var errNoRoom = errors.New("not now")

// Dump writes a heap profile now. reason goes into its name, made safe, and as it
// is into its side file. Its span is a child of ctx's, if that has one. It waits
// for a dump that is being written, at most until ctx is done; the writing itself
// is not cut short. There must be room for it, as at a threshold. It needs no
// Start, and then has no span; it works after Shutdown.
func (d *Dumper) Dump(ctx context.Context, reason string) (file File, err error) {
	event := Event{Reason: ReasonManual}
	defer func() {
		if p := recover(); p != nil {
			event.Kind, event.Err = Failed, fmt.Errorf("write a heap profile: panic: %v", p)
			event.Text = event.Err.Error()
			d.tell(event)
			file, err = File{}, event.Err
		}
	}()
	event.Snapshot = d.read()
	side := newSide(event.Snapshot, d.limit, nil)
	side.Reason, side.Detail = ReasonManual, reason
	events, err := d.produce(ctx, event, &side)
	d.tell(events...)
	return events[0].File, err
}

// produce writes a profile when its turn has come. It returns what is to be told,
// the fate of the profile first, and tells nothing: an observer may dump, so it is
// to be called when the turn is over.
func (d *Dumper) produce(ctx context.Context, event Event, side *Side) ([]Event, error) {
	if err := d.takeTurn(ctx); err != nil {
		event.Kind, event.Err, event.Text = Skipped, err, err.Error()
		return []Event{event}, err
	}
	defer d.giveTurn()
	// Waiting may have taken a while: the room is what it is now.
	used := usage(d.read(), d.limit, gcOff())
	free, known := freeDisk(existing(d.dir))
	if why := shortage(used, d.limit, free, known, profileStacks()); why != "" {
		event.Kind, event.Text = Skipped, why
		return []Event{event}, fmt.Errorf("write a heap profile: %w: %s", errNoRoom, why)
	}
	file, err := d.writeWithSpan(ctx, &event, side)
	if err != nil {
		event.Kind, event.Err, event.Text = Failed, err, err.Error()
		return []Event{event}, err
	}
	// A profile whose labels fail is whole all the same: they can come later.
	var after []Event
	if roomToLabel(usage(d.read(), d.limit, gcOff()), d.limit) {
		if err := labelSafely(file.Path); err != nil {
			after = append(after, failure(err))
		} else if info, err := os.Stat(file.Path); err == nil {
			file.Size = info.Size()
		}
	}
	event.Kind, event.File, event.Text = Written, file, "heap profile written to "+file.Path
	if runtime.MemProfileRate == 0 {
		event.Text += "; it is empty, since runtime.MemProfileRate is 0"
	}
	if err := d.store.prune(); err != nil {
		after = append(after, failure(err))
	}
	return append([]Event{event}, after...), nil
}

func (d *Dumper) writeWithSpan(ctx context.Context, event *Event, side *Side) (File, error) {
	side.Time = time.Now().UTC()
	side.Host = d.host
	side.Tags.Functions = d.askFunctions()
	span := d.currentSpans().writing(ctx, side, event.Snapshot, d.limit)
	event.SpanContext = span.SpanContext()
	if parent := trace.SpanContextFromContext(ctx); parent.IsValid() {
		side.setSpan(parent)
	} else {
		side.setSpan(event.SpanContext)
	}
	file, err := writeSafely(d.dir, baseName(nameOf(side.Reason, side.Detail, event.Rung), side.Time), side)
	written(span, file, err)
	return file, err
}

// failure is an event of what went wrong beside a dump.
func failure(err error) Event { return Event{Kind: Failed, Err: err, Text: err.Error()} }

// writeSafely is write, with a panic as its error.
func writeSafely(dir, base string, side *Side) (file File, err error) {
	defer func() {
		if p := recover(); p != nil {
			file, err = File{}, fmt.Errorf("write a heap profile: panic: %v", p)
		}
	}()
	return write(dir, base, side)
}

// labelSafely labels a profile in its place, with a panic as its error.
func labelSafely(path string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("label %s: panic: %v", path, p)
		}
	}()
	return Label(path, path)
}
