package spanhook

import (
	"sync"
	"time"
)

// shard is a part of the table. Its slots are in two lists, so that what is in flight
// is found without what ended.
type shard struct {
	mu    sync.Mutex
	index map[uint64]int32 // by spanKey.hash
	slots []slot
	free  int32 // head of the list of unused slots
	lists [2]list
	bound int32
	_     [64]byte // shards lie on cache lines of their own
}

// list is one of slots: of those in flight by when they started, of the others by when
// they ended.
type list struct{ oldest, newest int32 }

// slot is an entry in a list, or an unused one in the free list.
type slot struct {
	entry
	older, newer int32
}

// toForget is a slot that makes room for others, or none: a span that ended, and whoever
// was to hear of that did not for long, a span from before since, and where there is no
// room the oldest. Callers hold s.mu.
func (s *shard) toForget(since, now time.Duration) int32 {
	full := len(s.index) >= int(s.bound)
	if i := s.lists[1].oldest; i != none && (full || now-s.slots[i].endedAt > maxUnheard) {
		return i
	}
	if i := s.lists[0].oldest; i != none && (full || s.slots[i].reading.Now < since) {
		return i
	}
	return none
}

// leave notes that the span of slot i is in flight no longer. Callers hold s.mu.
func (s *shard) leave(i int32, is state, at time.Duration) {
	s.unlink(i)
	e := &s.slots[i].entry
	e.span, e.state, e.endedAt = nil, is, at
	s.link(i)
}

// link puts slot i at the new end of the list of its state. Callers hold s.mu.
func (s *shard) link(i int32) {
	e := &s.slots[i]
	l := &s.lists[e.list()]
	e.older, e.newer = l.newest, none
	if l.newest == none {
		l.oldest = i
	} else {
		s.slots[l.newest].newer = i
	}
	l.newest = i
}

// unlink takes slot i out of the list of its state. Callers hold s.mu.
func (s *shard) unlink(i int32) {
	e := &s.slots[i]
	l := &s.lists[e.list()]
	if e.older == none {
		l.oldest = e.newer
	} else {
		s.slots[e.older].newer = e.newer
	}
	if e.newer == none {
		l.newest = e.older
	} else {
		s.slots[e.newer].older = e.older
	}
}

// remove frees slot i, which holds the entry with hash h. Callers hold s.mu.
func (s *shard) remove(i int32, h uint64) {
	s.unlink(i)
	delete(s.index, h)
	s.slots[i] = slot{newer: s.free}
	s.free = i
}
