package otelmem

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"

	"github.com/DeRuina/timberjack"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// Kinds of line in the diagnostic log.
const (
	kindInit     = "INIT"
	kindPeriodic = "PERIODIC"
	kindGrowth   = "GROWTH"
	kindSummary  = "SUMMARY"
	kindDump     = "DUMP"
	kindLeak     = "LEAK"
	kindDisabled = "DISABLED"
	kindShutdown = "SHUTDOWN"
)

// Rotation of the log file: at most four files of 10 MiB.
const (
	logFileMegabytes = 10
	logFileBackups   = 3
)

// journal is the diagnostic log: lines with a kind, to the user's logger and to
// the file. It is safe for concurrent use; a line is never written while a
// request waits for it.
type journal struct {
	loggers []*slog.Logger
	file    io.Closer // nil without a file
}

// newJournal opens nothing: the file comes with the first line.
func newJournal(logger *slog.Logger, path string) *journal {
	j := new(journal)
	if logger != nil {
		j.loggers = append(j.loggers, logger)
	}
	if path != "" {
		file := &timberjack.Logger{Filename: path, MaxSize: logFileMegabytes, MaxBackups: logFileBackups, FileMode: 0o600}
		j.file = file
		j.loggers = append(j.loggers, slog.New(&lineHandler{w: file}))
	}
	return j
}

// line logs one line of a kind. Disabled is a warning, the rest information.
func (j *journal) line(kind, format string, args ...any) {
	level := slog.LevelInfo
	if kind == kindDisabled {
		level = slog.LevelWarn
	}
	text := textfmt.Printable(fmt.Sprintf(format, args...))
	for _, logger := range j.loggers {
		logger.LogAttrs(context.Background(), level, text, slog.String("kind", kind))
	}
}

func (j *journal) close() error {
	if j.file == nil {
		return nil
	}
	if err := j.file.Close(); err != nil {
		return fmt.Errorf("close the diagnostic log: %w", err)
	}
	return nil
}

// lineHandler writes records as
//
//	[2025-11-26T10:00:00.000Z] [INIT] Baseline memory: RSS: 250MB
type lineHandler struct {
	mu sync.Mutex
	w  io.Writer
}

var _ slog.Handler = (*lineHandler)(nil)

func (h *lineHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h *lineHandler) Handle(_ context.Context, r slog.Record) error {
	kind := ""
	r.Attrs(func(a slog.Attr) bool {
		kind = a.Value.String()
		return false
	})
	line := fmt.Appendf(nil, "[%s] [%s] %s\n", r.Time.UTC().Format(timeLayout), kind, r.Message)
	h.mu.Lock()
	defer h.mu.Unlock()
	_, err := h.w.Write(line)
	return err
}

// timeLayout is ISO 8601 with milliseconds, in UTC.
const timeLayout = "2006-01-02T15:04:05.000Z07:00"

// WithAttrs and WithGroup have no callers here: lines have a kind and no more.
func (h *lineHandler) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h *lineHandler) WithGroup(string) slog.Handler      { return h }
