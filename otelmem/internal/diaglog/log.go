package diaglog

import (
	"context"
	"log/slog"
	"os"
	"sync"

	"github.com/otelmem/otelmem-go/otelmem/internal/health"
)

// Log is the diagnostic log: records to a logger and to a file. It is safe for
// concurrent use. A record is never written while a request waits for it.
type Log struct {
	file    *file // nil for none
	logger  *relay
	parts   *health.Parts
	waiting waiting
	started sync.Once
}

// New returns a log to the file at path, unless that is empty, and to logger. Where
// that is nil, slog's default logger gets the warnings. parts are told when one of
// them does not work, and when it does again. Nothing is opened before Start.
func New(logger *slog.Logger, path string, parts *health.Parts) *Log {
	l := &Log{logger: newRelay(logger, parts), parts: parts}
	if path != "" {
		l.file = &file{rotating: rotating{path: path, maxBytes: maxFileBytes}, parts: parts, stderr: os.Stderr}
	}
	return l
}

// Start opens the file, so that one that cannot be written is known at once, and
// begins to hand records to the logger. Calls after the first do nothing.
func (l *Log) Start() {
	l.started.Do(func() {
		if l.file != nil {
			l.file.open()
		}
		l.logger.start()
	})
}

func (l *Log) write(r record) {
	if l.file != nil {
		l.file.write(r)
	}
	l.logger.put(r)
}

// Close waits until the logger has what it is due, at most until ctx is done and no
// longer than a second, and closes the file. What is written later is lost.
func (l *Log) Close(ctx context.Context) error {
	l.logger.close(ctx)
	if l.file == nil {
		return nil
	}
	l.Disabled() // what the logger did with the last records
	return l.file.close()
}
