package main

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
)

// accused are the names of those that are suspected to leak. The zero value has none; it
// is safe for concurrent use.
type accused struct {
	mu  sync.Mutex
	all map[string]bool
}

func (a *accused) add(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.all == nil {
		a.all = make(map[string]bool)
	}
	a.all[name] = true
}

func (a *accused) names() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Sorted(maps.Keys(a.all))
}

// accusations is the logger of diagnostics: it keeps who has a LEAK warning.
type accusations struct {
	slog.Handler // discards
	*accused
}

func newAccusations(a *accused) *slog.Logger {
	return slog.New(accusations{slog.DiscardHandler, a})
}

func (accusations) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

func (a accusations) Handle(_ context.Context, r slog.Record) error {
	values := make(map[string]string)
	r.Attrs(func(attr slog.Attr) bool {
		values[attr.Key] = attr.Value.String()
		return true
	})
	if values["kind"] == "LEAK" {
		a.add(values["operation"])
	}
	return nil
}

func (a accusations) WithAttrs([]slog.Attr) slog.Handler { return a }
func (a accusations) WithGroup(string) slog.Handler      { return a }
