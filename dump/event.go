package dump

import (
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

// Kind is what an [Event] is about.
type Kind string

// Kinds of event.
const (
	// Crossed: a threshold was crossed, or the limit will be (Predicted).
	Crossed Kind = "crossed"
	// Written: a profile is on disk.
	Written Kind = "written"
	// Skipped: none was written on purpose; Text says why.
	Skipped Kind = "skipped"
	// Failed: none could be written; Err says why.
	Failed Kind = "failed"
	// UncleanExit: an earlier process ended above a threshold, without Shutdown.
	UncleanExit Kind = "unclean exit"
	// Disabled: the watcher turned itself off; Text says why.
	Disabled Kind = "disabled"
)

// Reasons for a dump, as metrics count them.
const (
	ReasonThreshold = "threshold"
	ReasonPredicted = "predicted"
	ReasonManual    = "manual"
)

// Event is something that a [Dumper] tells of.
type Event struct {
	Kind   Kind
	Time   time.Time
	Reason string // of the dump: one of the Reason constants; empty without one
	// Rung and Predicted are those of the crossing; a foreseen one has the limit
	// for its rung.
	Rung      Threshold
	Predicted bool
	Snapshot  memstat.Snapshot
	File      File // when written; of an unclean exit, the last dump before it
	Err       error
	// Text says it in a sentence.
	Text string
	// SpanContext is that of otelmem.threshold_crossed for Crossed and Skipped, and
	// of otelmem.heap_profile_written for Written and Failed.
	SpanContext trace.SpanContext
}
