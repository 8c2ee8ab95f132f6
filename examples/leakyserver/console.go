package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// newConsole prints the diagnostic log's lines with their kind.
func newConsole() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			switch a.Key {
			case slog.TimeKey:
				return slog.String(a.Key, a.Value.Time().Format("15:04:05"))
			case slog.LevelKey:
				return slog.Attr{}
			}
			return a
		},
	}))
}

// printer shows the spans that grew most, as an exporter would get them.
type printer struct{}

// worthShowing is the growth from which on a span is printed, in bytes.
const worthShowing = 256 << 10

func (printer) OnEnd(s sdktrace.ReadOnlySpan) {
	var grew bool
	var text strings.Builder
	for _, kv := range s.Attributes() {
		key, ours := strings.CutPrefix(string(kv.Key), "otelmem.")
		if !ours {
			continue
		}
		fmt.Fprintf(&text, " %s=%s", key, kv.Value.Emit())
		if strings.HasSuffix(key, ".growth") && kv.Value.AsInt64() >= worthShowing {
			grew = true
		}
	}
	if grew {
		fmt.Printf("span %q trace=%s%s\n", s.Name(), s.SpanContext().TraceID(), &text)
	}
}

func (printer) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (printer) Shutdown(context.Context) error                  { return nil }
func (printer) ForceFlush(context.Context) error                { return nil }
