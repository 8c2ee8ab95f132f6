// Package health keeps which parts of the diagnostics turned themselves off.
package health

import (
	"slices"
	"sync"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

// Parts are the parts that turned themselves off. The zero value is ready; it is
// safe for concurrent use.
type Parts struct {
	mu    sync.Mutex
	parts []part
}

type part struct {
	report.DisabledPart
	returned bool // by Fresh
}

// Disable notes that a part is off, and why. While it is off the first reason
// stays.
func (p *Parts) Disable(name, reason string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.index(name) < 0 {
		p.parts = append(p.parts, part{DisabledPart: report.DisabledPart{Part: name, Reason: reason}})
	}
}

// Restore notes that a part works again.
func (p *Parts) Restore(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := p.index(name); i >= 0 {
		p.parts = slices.Delete(p.parts, i, i+1)
	}
}

// index is -1 where the part is on. It needs the lock.
func (p *Parts) index(name string) int {
	return slices.IndexFunc(p.parts, func(part part) bool { return part.Part == name })
}

// List returns all parts that are off.
func (p *Parts) List() []report.DisabledPart {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]report.DisabledPart, len(p.parts))
	for i, part := range p.parts {
		list[i] = part.DisabledPart
	}
	return list
}

// Fresh returns the parts that were not yet returned by it: those to be logged.
func (p *Parts) Fresh() []report.DisabledPart {
	p.mu.Lock()
	defer p.mu.Unlock()
	var fresh []report.DisabledPart
	for i := range p.parts {
		if part := &p.parts[i]; !part.returned {
			part.returned = true
			fresh = append(fresh, part.DisabledPart)
		}
	}
	return fresh
}
