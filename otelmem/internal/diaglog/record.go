package diaglog

import (
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// Kinds of record in the diagnostic log.
const (
	kindInit     = "INIT"
	kindConfig   = "CONFIG"
	kindPeriodic = "PERIODIC"
	kindGrowth   = "GROWTH"
	kindSummary  = "SUMMARY"
	kindDump     = "DUMP"
	kindLeak     = "LEAK"
	kindDisabled = "DISABLED"
	kindRestored = "RESTORED"
	kindShutdown = "SHUTDOWN"
)

// timeLayout is ISO 8601 with milliseconds, in UTC.
const timeLayout = "2006-01-02T15:04:05.000Z07:00"

// record is one entry of the log.
type record struct {
	time  time.Time
	level slog.Level
	kind  string
	text  string            // a sentence, printable
	attrs []slog.Attr       // its figures
	span  trace.SpanContext // that it is about; not valid for none
}

// of says which span the record is about, and adds its trace to the figures. A bridge to
// OpenTelemetry's logs makes it the trace of the log record.
func (r record) of(span trace.SpanContext) record {
	r.span = span
	if span.HasTraceID() {
		r.attrs = append(r.attrs, slog.String("trace_id", span.TraceID().String()))
	}
	return r
}

func info(kind, text string, attrs ...slog.Attr) record {
	return newRecord(slog.LevelInfo, kind, text, attrs)
}

func warning(kind, text string, attrs ...slog.Attr) record {
	return newRecord(slog.LevelWarn, kind, text, attrs)
}

// newRecord makes all strings printable: names of operations come from clients.
func newRecord(level slog.Level, kind, text string, attrs []slog.Attr) record {
	for i, attr := range attrs {
		if attr.Value.Kind() == slog.KindString {
			attrs[i].Value = slog.StringValue(textfmt.Printable(attr.Value.String()))
		}
	}
	return record{time: time.Now(), level: level, kind: kind, text: textfmt.Printable(text), attrs: attrs}
}

// line is the record as the file has it.
func (r *record) line() []byte {
	return fmt.Appendf(nil, "[%s] [%s] %s\n", r.time.UTC().Format(timeLayout), r.kind, r.text)
}

// slog is the record as a logger gets it.
func (r *record) slog() slog.Record {
	out := slog.NewRecord(r.time, r.level, r.text, 0)
	out.AddAttrs(slog.String("kind", r.kind))
	out.AddAttrs(r.attrs...)
	return out
}
