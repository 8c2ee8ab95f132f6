package diaglog

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
)

// LineHandler writes records as
//
//	[2025-11-26T10:00:00.000Z] [INIT] Baseline memory: RSS: 250MB
type LineHandler struct {
	W io.Writer

	mu sync.Mutex
}

var _ slog.Handler = (*LineHandler)(nil)

func (h *LineHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h *LineHandler) Handle(_ context.Context, r slog.Record) error {
	kind := ""
	r.Attrs(func(a slog.Attr) bool {
		kind = a.Value.String()
		return false
	})
	line := fmt.Appendf(nil, "[%s] [%s] %s\n", r.Time.UTC().Format(timeLayout), kind, r.Message)
	h.mu.Lock()
	defer h.mu.Unlock()
	_, err := h.W.Write(line)
	return err
}

// timeLayout is ISO 8601 with milliseconds, in UTC.
const timeLayout = "2006-01-02T15:04:05.000Z07:00"

// WithAttrs and WithGroup change nothing: lines have a kind and no more.
func (h *LineHandler) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h *LineHandler) WithGroup(string) slog.Handler      { return h }
