package dump

import (
	"time"

	"go.opentelemetry.io/otel/trace"
)

// Kind says what an [Event] is about.
type Kind string

// Kinds of event.
const (
	// Crossed: a threshold was crossed, or the limit soon will be (Predicted).
	Crossed Kind = "crossed"
	// Written: a profile is on disk.
	Written Kind = "written"
	// Skipped: a profile was not written, since memory would not suffice or another one
	// is being written; Text says why.
	Skipped Kind = "skipped"
	// Failed: a profile could not be written, as on a full disk, or something beside it failed (then
	// Reason is empty); Err says why.
	Failed Kind = "failed"
	// Unwritable: the folder cannot be written, as was found before a profile is due;
	// Err says why.
	Unwritable Kind = "unwritable"
	// Writable: it can be written again.
	Writable Kind = "writable"
	// UncleanExit: an earlier process ended above a threshold, without Shutdown.
	UncleanExit Kind = "unclean exit"
	// Disabled: the watcher stopped after a panic; Text says why.
	Disabled Kind = "disabled"
)

// Reasons for a dump, as metrics count them.
const (
	ReasonThreshold = "threshold"
	ReasonPredicted = "predicted"
	ReasonManual    = "manual"
)

// Event is what a [Dumper] reports to its observer ([WithObserver]).
type Event struct {
	Kind Kind
	Time time.Time
	// Reason is that of the dump, one of the Reason constants; empty if the event is
	// not about a dump.
	Reason string
	// Threshold is the one that was crossed. If Predicted, none was crossed yet, and it
	// is the memory limit.
	Threshold Threshold
	Predicted bool
	// Memory is the reading at which the dump was decided.
	Memory Memory
	// File is the profile that was written; of an unclean exit, the last profile
	// before it.
	File File
	Err  error
	// Text describes the event in a sentence.
	Text string
	// SpanContext is that of otelmem.threshold_crossed for Crossed and Skipped, and
	// of otelmem.heap_profile_written for Written and Failed.
	SpanContext trace.SpanContext
}
