package spanhook

import (
	"encoding/binary"
	"sync"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

const shardCount = 32

// inFlight is the table of spans that started and have not ended, bounded in
// count and age: where it is full, the oldest are pushed out, since spans that
// never end are the oldest. It is safe for concurrent use.
type inFlight struct {
	shards [shardCount]shard
}

type shard struct {
	mu     sync.Mutex
	index  map[uint64]int32 // by spanKey.hash
	slots  []slot
	free   int32 // head of the list of unused slots
	oldest int32 // ends of the list by age
	newest int32
	bound  int32
	_      [64]byte // shards lie on cache lines of their own
}

// slot is an entry in the list by age, or an unused one in the free list.
type slot struct {
	entry
	older, newer int32
}

// entry is a span in flight.
type entry struct {
	key  spanKey
	span sdktrace.ReadWriteSpan // for [Running]
	start
}

// start is what a span's end is compared with.
type start struct {
	reading   Reading
	sums      sums
	localRoot bool
	parent    trace.SpanID
	name      *startName  // nil unless stacks are taken
	stacks    *Stacks     // nil for most
	inner     []InnerSpan // of a local root; none for most
}

type spanKey struct {
	trace trace.TraceID
	span  trace.SpanID
}

func keyOf(sc trace.SpanContext) spanKey {
	return spanKey{trace: sc.TraceID(), span: sc.SpanID()}
}

// hash mixes all three words, since some id generators only count up.
func (k *spanKey) hash() uint64 {
	h := binary.LittleEndian.Uint64(k.span[:])
	h += binary.LittleEndian.Uint64(k.trace[:8]) * 0x9e3779b97f4a7c15
	h += binary.LittleEndian.Uint64(k.trace[8:]) * 0xc2b2ae3d27d4eb4f
	return h ^ h>>32
}

const none = -1

func newInFlight(bound int) *inFlight {
	t := new(inFlight)
	// Random ids fill shards unevenly; a quarter more makes room for that.
	perShard := max(1, (bound+bound/4)/shardCount)
	for i := range t.shards {
		t.shards[i] = shard{index: make(map[uint64]int32), free: none, oldest: none, newest: none, bound: int32(perShard)}
	}
	return t
}

// has says whether k is in the table.
func (t *inFlight) has(k spanKey) bool {
	h := k.hash()
	s := &t.shards[h%shardCount]
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.index[h]
	return ok
}

// add puts e in, unless there is one with its key. It pushes out entries from
// before since, and the oldest where there is no room, and returns how many, and
// how many of these were local roots.
func (t *inFlight) add(e *entry, since time.Duration) (added bool, pushed, roots int) {
	h := e.key.hash()
	s := &t.shards[h%shardCount]
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.index[h]; ok {
		return false, 0, 0
	}
	for s.oldest != none && (len(s.index) >= int(s.bound) || s.slots[s.oldest].reading.Now < since) {
		pushed++
		if s.slots[s.oldest].localRoot {
			roots++
		}
		s.remove(s.oldest, s.slots[s.oldest].key.hash())
	}
	i := s.free
	if i == none {
		i = int32(len(s.slots))
		s.slots = append(s.slots, slot{})
	} else {
		s.free = s.slots[i].newer
	}
	s.slots[i] = slot{entry: *e, older: s.newest, newer: none}
	if s.newest == none {
		s.oldest = i
	} else {
		s.slots[s.newest].newer = i
	}
	s.newest = i
	s.index[h] = i
	return true, pushed, roots
}

// take removes the entry of k and returns its start.
func (t *inFlight) take(k spanKey) (st start, ok bool) {
	h := k.hash()
	s := &t.shards[h%shardCount]
	s.mu.Lock()
	i, ok := s.index[h]
	if ok = ok && s.slots[i].key == k; ok {
		st = s.slots[i].start
		s.remove(i, h)
	}
	s.mu.Unlock()
	return st, ok
}

// each calls f with every entry. The shard is locked meanwhile: f only copies.
func (t *inFlight) each(f func(*entry)) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		for j := s.oldest; j != none; j = s.slots[j].newer {
			f(&s.slots[j].entry)
		}
		s.mu.Unlock()
	}
}

// size is the number of entries and the number of slots that hold memory.
func (t *inFlight) size() (entries, slots int) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		entries += len(s.index)
		slots += cap(s.slots)
		s.mu.Unlock()
	}
	return entries, slots
}

// remove frees slot i, which holds the entry with hash h. Callers hold s.mu.
func (s *shard) remove(i int32, h uint64) {
	e := &s.slots[i]
	if e.older == none {
		s.oldest = e.newer
	} else {
		s.slots[e.older].newer = e.newer
	}
	if e.newer == none {
		s.newest = e.older
	} else {
		s.slots[e.newer].older = e.older
	}
	delete(s.index, h)
	e.span, e.stacks, e.inner = nil, nil, nil
	e.newer = s.free
	s.free = i
}
