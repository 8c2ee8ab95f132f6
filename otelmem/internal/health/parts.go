// Package health keeps which parts of the diagnostics turned themselves off.
package health

import (
	"slices"
	"sync"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

// Parts are the parts that turned themselves off, each reported once. The zero
// value is ready; it is safe for concurrent use.
type Parts struct {
	mu       sync.Mutex
	disabled []report.DisabledPart
	returned int // by Fresh
}

// Disable notes that a part is off, and why. The first reason stays.
func (p *Parts) Disable(part, reason string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := func(d report.DisabledPart) bool { return d.Part == part }
	if !slices.ContainsFunc(p.disabled, known) {
		p.disabled = append(p.disabled, report.DisabledPart{Part: part, Reason: reason})
	}
}

// List returns all parts that are off.
func (p *Parts) List() []report.DisabledPart {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.disabled)
}

// Fresh returns the parts that were not yet returned by it: those to be logged.
func (p *Parts) Fresh() []report.DisabledPart {
	p.mu.Lock()
	defer p.mu.Unlock()
	fresh := slices.Clone(p.disabled[p.returned:])
	p.returned = len(p.disabled)
	return fresh
}
