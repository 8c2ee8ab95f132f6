package otelmem

import (
	"slices"
	"sync"
)

// DisabledPart is a part of memory diagnostics that turned itself off.
type DisabledPart struct {
	Part   string `json:"part"`
	Reason string `json:"reason"`
}

// parts are those that turned themselves off, each told once. The zero value is
// ready; it is safe for concurrent use.
type parts struct {
	mu        sync.Mutex
	disabled  []DisabledPart
	announced int
}

// disable notes that a part is off; the log hears of it from announce.
func (p *parts) disable(part, reason string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := func(d DisabledPart) bool { return d.Part == part }
	if !slices.ContainsFunc(p.disabled, known) {
		p.disabled = append(p.disabled, DisabledPart{Part: part, Reason: reason})
	}
}

func (p *parts) list() []DisabledPart {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.disabled)
}

// announce logs the parts that it has not yet logged.
func (p *parts) announce(j *journal) {
	p.mu.Lock()
	fresh := slices.Clone(p.disabled[p.announced:])
	p.announced = len(p.disabled)
	p.mu.Unlock()
	for _, d := range fresh {
		j.line(kindDisabled, "%s: %s", d.Part, d.Reason)
	}
}
