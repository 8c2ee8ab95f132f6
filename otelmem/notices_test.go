package otelmem

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func TestAForgottenStartAndAProcessorWithoutSpansAreReported(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d, err := New(WithEnabled(true), WithDumpDir(dir), WithLogFile("none"))
		if err != nil {
			t.Fatal(err)
		}
		noticed := func(word string) bool {
			t.Helper()
			r, err := d.Report(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			said := strings.Contains(strings.Join(r.Notices, "\n"), word)
			if said != strings.Contains(r.String(), word) {
				t.Errorf("the text does not say what the data does about %q", word)
			}
			return said
		}
		if !noticed("Start was not called") || noticed("no span") {
			t.Error("before Start, the report must say that it was forgotten, and nothing of spans yet")
		}
		tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(d.SpanProcessor(nil)))
		if err := d.Start(context.Background(), tp, nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * noticeAfter)
		synctest.Wait()
		if noticed("Start was not called") || !noticed("no span has passed") {
			t.Error("after minutes without a span, the report must say so, and nothing of Start")
		}
		_, span := tp.Tracer("test").Start(context.Background(), "work")
		if noticed("no span has passed") {
			t.Error("a span is in flight")
		}
		span.End()
		if noticed("no span has passed") {
			t.Error("a span has ended")
		}
		if err := d.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
	})
}
