package memstat

import (
	"sync/atomic"
	"time"
)

// published hands the newest [Reading] from one writer to many readers, none of
// which waits or allocates: the writer fills the next slot of a ring, then points
// at it. A reader so slow that its slot was filled again meanwhile starts over.
type published struct {
	current atomic.Uint64
	slots   [8]slot
}

type slot struct {
	number atomic.Uint64 // which publication it holds; 0 while being filled
	fields [fieldCount]atomic.Int64
}

const (
	fieldTaken = iota
	fieldHeapObjects
	fieldAllocated
	fieldGCCycles
	fieldRSS
	fieldExternal
	fieldCount
)

// store publishes r, all but Now. Callers take turns.
func (p *published) store(r *Reading) {
	number := p.current.Load() + 1
	slot := &p.slots[number%uint64(len(p.slots))]
	slot.number.Store(0)
	for i, v := range [fieldCount]int64{
		fieldTaken:       int64(r.Taken),
		fieldHeapObjects: r.HeapObjects,
		fieldAllocated:   r.Allocated,
		fieldGCCycles:    r.GCCycles,
		fieldRSS:         r.RSS,
		fieldExternal:    r.External,
	} {
		slot.fields[i].Store(v)
	}
	slot.number.Store(number)
	p.current.Store(number)
}

// load returns the newest reading, without Now. It is safe for concurrent use.
func (p *published) load() Reading {
	for {
		number := p.current.Load()
		slot := &p.slots[number%uint64(len(p.slots))]
		r := Reading{
			Taken:       time.Duration(slot.fields[fieldTaken].Load()),
			HeapObjects: slot.fields[fieldHeapObjects].Load(),
			Allocated:   slot.fields[fieldAllocated].Load(),
			GCCycles:    slot.fields[fieldGCCycles].Load(),
			RSS:         slot.fields[fieldRSS].Load(),
			External:    slot.fields[fieldExternal].Load(),
		}
		if slot.number.Load() == number {
			return r
		}
	}
}
