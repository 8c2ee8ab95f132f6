package setups

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/internal/otlptest"
	"github.com/otelmem/otelmem-go/otelmem"
)

// leakRow is what arrives of the events of leaks.
type leakRow struct {
	name    string
	has     configured
	leaks   int
	arrives share // of their events; sampled: fewer than one in four
	notice  string
}

var leakTable = []leakRow{
	{"leaks, 1 % sampled, with mem.Sampler", configured{sampler: ratio, memSampler: true}, 100, all, ""},
	{"leaks, 1 % sampled, without", configured{sampler: ratio}, 20, sampled, droppedEvents},
	{"leaks, one link and four attributes a span", configured{limits: func(l *sdktrace.SpanLimits) {
		l.LinkCountLimit, l.AttributeCountLimit, l.AttributePerLinkCountLimit = 1, 4, 4
	}}, 10, all, ""},
	{"leaks, attributes of eight characters", configured{limits: func(l *sdktrace.SpanLimits) { l.AttributeValueLengthLimit = 8 }}, 10, all, ""},
}

// holding keeps spans until the clock is the real one again, and a receiver can be
// reached.
type holding struct {
	mu    sync.Mutex
	spans []sdktrace.ReadOnlySpan
}

func (h *holding) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.spans = append(h.spans, spans...)
	return nil
}

func (*holding) Shutdown(context.Context) error { return nil }

// A leak takes minutes to be suspected: those of a virtual clock.
func TestEachLeakIsTold(t *testing.T) {
	for i := range leakTable {
		row := &leakTable[i]
		t.Run(row.name, func(t *testing.T) {
			dir, held := t.TempDir(), new(holding)
			var notices []string
			prefix := fmt.Sprintf("row%c", 'a'+i) // tags outlive a row
			synctest.Test(t, func(t *testing.T) { notices = row.leak(t, dir, prefix, held) })
			receiver := send(t, held.spans)
			told := make(map[any]bool)
			for _, event := range receiver.SpansNamed("otelmem.leak_suspected") {
				operation, _ := event.Attr("otelmem.operation").(string)
				if !strings.HasPrefix(operation, prefix) {
					continue // a line that leaks for several
				}
				told[operation] = true
				checkEvidence(t, event, row.has.limits != nil)
			}
			n := len(told)
			if row.arrives == all && n != row.leaks || row.arrives == sampled && n >= row.leaks/4 {
				t.Errorf("events of %d leaks of %d arrived", n, row.leaks)
			}
			if got := strings.Join(notices, "\n"); !strings.Contains(got, row.notice) || row.notice == "" && got != "" {
				t.Errorf("notices %q, want %q", got, row.notice)
			}
		})
	}
}

// send exports spans to a receiver.
func send(t *testing.T, spans []sdktrace.ReadOnlySpan) *otlptest.Receiver {
	t.Helper()
	receiver := otlptest.Start(t)
	exporter, err := otlptracegrpc.New(t.Context(), otlptracegrpc.WithEndpoint(receiver.Endpoint()), otlptracegrpc.WithInsecure())
	if err != nil {
		t.Fatal(err)
	}
	if err := exporter.ExportSpans(t.Context(), spans); err != nil {
		t.Fatal(err)
	}
	if err := exporter.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	return receiver
}

// checkEvidence looks at what must be there whatever the limits: the line, how much,
// and a span of the operation; of one link the marked one, which samplers keep.
func checkEvidence(t *testing.T, event otlptest.Span, limited bool) {
	t.Helper()
	if event.Attr("otelmem.sites") == nil || event.Attr("otelmem.live.size") == nil || event.Attr("otelmem.leak.rate") == nil {
		t.Errorf("attributes %v", otlptest.Attrs(event.GetAttributes()))
	}
	links := event.GetLinks()
	if len(links) == 0 || limited && otlptest.Attr(links[len(links)-1].GetAttributes(), "otelmem.leak.example") != true {
		t.Errorf("links %v", links)
	}
}

// leak lets operations leak, some at a time, until each must have been suspected, and
// then lets go of what they hold. It returns the notices of the last report.
func (row *leakRow) leak(t *testing.T, dir, prefix string, held *holding) []string {
	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithDumpDir(dir), otelmem.WithLogFile("none"), otelmem.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	tp := sdktrace.NewTracerProvider(append(row.has.spanOptions(mem), sdktrace.WithSpanProcessor(mem.SpanProcessor(sdktrace.NewSimpleSpanProcessor(held))))...)
	ctx := context.Background()
	if err := mem.Start(ctx, tp, nil); err != nil {
		t.Fatal(err)
	}
	tracer := tp.Tracer("service")
	const (
		atOnce  = 10
		minutes = 4
		each    = 1 << 20
	)
	for first := 0; first < row.leaks; first += atOnce {
		var kept [][]byte
		for range minutes * 12 {
			for i := range atOnce {
				name := fmt.Sprintf("%s%c%c", prefix, 'a'+(first+i)/26, 'a'+(first+i)%26)
				in, span := tracer.Start(ctx, name)
				otelmem.Do(in, name, func(context.Context) { kept = append(kept, make([]byte, each)) })
				span.End()
			}
			runtime.GC()
			time.Sleep(5 * time.Second)
		}
		runtime.KeepAlive(kept)
	}
	report, err := mem.Report(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := mem.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	_ = tp.Shutdown(ctx)
	return report.Notices
}
