package diaglog

import (
	"context"
	"fmt"
	"io"
	"log/slog"

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

// Log is the diagnostic log: lines with a kind, to the user's logger and to a
// file. It is safe for concurrent use; a line is never written while a request
// waits for it.
type Log struct {
	loggers []*slog.Logger
	file    io.Closer // nil without a file
	waiting waiting
}

// New returns a log to logger, which may be nil, and to the file at path, if there
// is one. It opens nothing: the file is made with the first line.
func New(logger *slog.Logger, path string) *Log {
	l := new(Log)
	if logger != nil {
		l.loggers = append(l.loggers, logger)
	}
	if path != "" {
		file := &timberjack.Logger{Filename: path, MaxSize: logFileMegabytes, MaxBackups: logFileBackups, FileMode: 0o600}
		l.file = file
		l.loggers = append(l.loggers, slog.New(&LineHandler{W: file}))
	}
	return l
}

// line logs one line of a kind. Disabled is a warning, the rest information.
func (l *Log) line(kind, format string, args ...any) {
	level := slog.LevelInfo
	if kind == kindDisabled {
		level = slog.LevelWarn
	}
	text := textfmt.Printable(fmt.Sprintf(format, args...))
	for _, logger := range l.loggers {
		logger.LogAttrs(context.Background(), level, text, slog.String("kind", kind))
	}
}

// Close closes the file.
func (l *Log) Close() error {
	if l.file == nil {
		return nil
	}
	if err := l.file.Close(); err != nil {
		return fmt.Errorf("close the diagnostic log: %w", err)
	}
	return nil
}
