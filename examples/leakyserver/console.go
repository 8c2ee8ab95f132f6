package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// console prints the diagnostic log's lines with their kind.
type console struct{ slog.Handler }

func newConsole() *slog.Logger { return slog.New(console{slog.DiscardHandler}) }

func (console) Enabled(context.Context, slog.Level) bool { return true }

func (console) Handle(_ context.Context, r slog.Record) error {
	kind := ""
	r.Attrs(func(a slog.Attr) bool {
		kind = a.Value.String()
		return false
	})
	fmt.Printf("%s [%s] %s\n", r.Time.Format("15:04:05"), kind, r.Message)
	return nil
}

const (
	// worthShowing is the growth from which on a span is printed, in bytes.
	worthShowing = 32 << 10
	// showEvery is how often a span of one name is printed.
	showEvery = 5 * time.Second
)

// printer shows some of the spans that grew, as an exporter would get them.
type printer struct {
	mu    sync.Mutex
	shown map[string]time.Time
}

func (p *printer) OnEnd(s sdktrace.ReadOnlySpan) {
	grew := false
	var text strings.Builder
	for _, kv := range s.Attributes() {
		key := string(kv.Key)
		if !strings.HasPrefix(key, "otelmem.") {
			continue
		}
		fmt.Fprintf(&text, "\n    %s = %s", key, kv.Value.Emit())
		grew = grew || strings.HasSuffix(key, ".growth") && kv.Value.AsInt64() >= worthShowing
	}
	isEvent := strings.HasPrefix(s.Name(), "otelmem.")
	if show := isEvent || grew && p.due(s.Name()); !show {
		return
	}
	fmt.Printf("%s span %q, trace %s, %d links%s\n", time.Now().Format("15:04:05"), s.Name(), s.SpanContext().TraceID(), len(s.Links()), &text)
}

// due says whether it is time to show a span of this name again.
func (p *printer) due(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.shown[name]) < showEvery {
		return false
	}
	p.shown[name] = time.Now()
	return true
}

func (*printer) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (*printer) Shutdown(context.Context) error                  { return nil }
func (*printer) ForceFlush(context.Context) error                { return nil }
