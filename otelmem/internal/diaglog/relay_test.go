package diaglog

import (
	"bytes"
	"context"
	"io"
	"log"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/otelmem/internal/health"
)

// handler does what it is made to do with each record.
type handler func(slog.Record) error

func (h handler) Enabled(context.Context, slog.Level) bool      { return true }
func (h handler) Handle(_ context.Context, r slog.Record) error { return h(r) }
func (h handler) WithAttrs([]slog.Attr) slog.Handler            { return h }
func (h handler) WithGroup(string) slog.Handler                 { return h }
func loggerLog(h slog.Handler) (l *Log, parts *health.Parts)    { return logTo(slog.New(h)) }
func logTo(logger *slog.Logger) (l *Log, parts *health.Parts) {
	parts = new(health.Parts)
	l = New(logger, "", parts)
	l.Start()
	return l, parts
}

func TestAHandlerThatPanicsHurtsOnlyTheLogger(t *testing.T) {
	calls := 0
	l, parts := loggerLog(handler(func(slog.Record) error {
		calls++
		panic("out of order")
	}))
	say(l, 5)
	if err := l.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if off := parts.List(); calls != 1 || len(off) != 1 || off[0].Part != "logger" || !strings.Contains(off[0].Reason, "out of order") {
		t.Errorf("%d calls, %v are off, want one call and the logger off", calls, off)
	}
}

func TestAHandlerThatHangsHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang, calls := make(chan struct{}), 0
		l, parts := loggerLog(handler(func(slog.Record) error {
			calls++
			<-hang
			return nil
		}))
		began := time.Now()
		say(l, 2*maxRelayed)
		if waited := time.Since(began); waited > 0 {
			t.Errorf("writing waited %v", waited)
		}
		if off := parts.List(); len(off) != 1 || off[0].Part != "logger" {
			t.Errorf("%v are off, want the logger", off)
		}
		if err := l.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if waited := time.Since(began); waited != maxRelayClose {
			t.Errorf("Close waited %v, want %v", waited, maxRelayClose)
		}
		close(hang)
		synctest.Wait()
		if calls != 1 {
			t.Errorf("%d records reached the handler after Close gave up", calls-1)
		}
	})
}

func TestALoggerThatRecoversIsOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		err := io.ErrClosedPipe
		l, parts := loggerLog(handler(func(slog.Record) error { return err }))
		say(l, 1)
		synctest.Wait()
		if off := parts.List(); len(off) != 1 || !strings.Contains(off[0].Reason, "closed pipe") {
			t.Errorf("%v are off, want the logger", off)
		}
		err = nil
		say(l, 1)
		if err := l.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if off := parts.List(); len(off) != 0 {
			t.Errorf("%v are off after a record was taken", off)
		}
	})
}

// Who is on call reads the service's own log.
func TestWithoutALoggerTheDefaultOneGetsWarnings(t *testing.T) {
	var out bytes.Buffer
	logger, output, flags := slog.Default(), log.Writer(), log.Flags()
	defer func() {
		slog.SetDefault(logger)
		log.SetOutput(output)
		log.SetFlags(flags)
	}()
	l, _ := logTo(nil)
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil))) // after New: the one of the time counts
	l.Init(memstat.Snapshot{}, memstat.Limit{}, nil)
	l.Dump(dump.Event{Kind: dump.Failed, Text: "the disk is full"})
	l.parts.Disable("metrics", "panic")
	l.Disabled()
	if err := l.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if n := strings.Count(out.String(), "level=WARN"); n != 2 || strings.Count(out.String(), "\n") != 2 || !strings.Contains(out.String(), "the disk is full") {
		t.Errorf("the default logger got\n%s", out.String())
	}
}

func TestADiscardingLoggerIsNone(t *testing.T) {
	var out bytes.Buffer
	logger, output, flags := slog.Default(), log.Writer(), log.Flags()
	defer func() {
		slog.SetDefault(logger)
		log.SetOutput(output)
		log.SetFlags(flags)
	}()
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	l, _ := logTo(slog.New(slog.DiscardHandler))
	l.Dump(dump.Event{Kind: dump.Failed, Text: "the disk is full"})
	if err := l.Close(t.Context()); err != nil || out.Len() > 0 {
		t.Errorf("%v, the default logger got %s", err, out.String())
	}
}
