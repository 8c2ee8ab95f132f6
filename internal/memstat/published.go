package memstat

import (
	"sync/atomic"
	"time"
)

// published hands the newest snapshot from one writer to many readers, none of
// which waits or allocates: the writer fills the next slot of a ring, then
// points at it. A reader that is so slow that the ring came round reads again.
type published struct {
	current atomic.Uint64
	slots   [8]slot
}

type slot struct {
	number atomic.Uint64 // which publication it holds; 0 while being filled
	fields [fieldCount]atomic.Int64
}

const (
	fieldTime = iota
	fieldProcessTime
	fieldHeapObjects
	fieldAllocated
	fieldLive
	fieldGCCycles
	fieldGoResident
	fieldStacks
	fieldGoroutines
	fieldRSS
	fieldExternal
	fieldCount
)

// store publishes s. Callers take turns.
func (p *published) store(s *Snapshot, base time.Time) {
	number := p.current.Load() + 1
	slot := &p.slots[number%uint64(len(p.slots))]
	slot.number.Store(0)
	for i, v := range [fieldCount]int64{
		fieldTime:        int64(s.Time.Sub(base)),
		fieldProcessTime: int64(s.ProcessTime.Sub(base)),
		fieldHeapObjects: s.HeapObjects,
		fieldAllocated:   s.Allocated,
		fieldLive:        s.Live,
		fieldGCCycles:    s.GCCycles,
		fieldGoResident:  s.GoResident,
		fieldStacks:      s.Stacks,
		fieldGoroutines:  s.Goroutines,
		fieldRSS:         s.RSS,
		fieldExternal:    s.External,
	} {
		slot.fields[i].Store(v)
	}
	slot.number.Store(number)
	p.current.Store(number)
}

// load returns the newest snapshot. It is safe for concurrent use.
func (p *published) load(base time.Time) Snapshot {
	for {
		number := p.current.Load()
		slot := &p.slots[number%uint64(len(p.slots))]
		s := Snapshot{
			Time:        base.Add(time.Duration(slot.fields[fieldTime].Load())),
			ProcessTime: base.Add(time.Duration(slot.fields[fieldProcessTime].Load())),
			HeapObjects: slot.fields[fieldHeapObjects].Load(),
			Allocated:   slot.fields[fieldAllocated].Load(),
			Live:        slot.fields[fieldLive].Load(),
			GCCycles:    slot.fields[fieldGCCycles].Load(),
			GoResident:  slot.fields[fieldGoResident].Load(),
			Stacks:      slot.fields[fieldStacks].Load(),
			Goroutines:  slot.fields[fieldGoroutines].Load(),
			RSS:         slot.fields[fieldRSS].Load(),
			External:    slot.fields[fieldExternal].Load(),
		}
		if slot.number.Load() == number {
			return s
		}
	}
}

// loadMark returns what [Mark] needs of the newest snapshot.
func (p *published) loadMark(now time.Duration) Mark {
	for {
		number := p.current.Load()
		slot := &p.slots[number%uint64(len(p.slots))]
		m := Mark{
			Now:         now,
			Taken:       time.Duration(slot.fields[fieldTime].Load()),
			HeapObjects: slot.fields[fieldHeapObjects].Load(),
			Allocated:   slot.fields[fieldAllocated].Load(),
			GCCycles:    slot.fields[fieldGCCycles].Load(),
			RSS:         slot.fields[fieldRSS].Load(),
			External:    slot.fields[fieldExternal].Load(),
		}
		if slot.number.Load() == number {
			return m
		}
	}
}
