package spanhook

import (
	"sync"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

const shardCount = 32

// inFlight is the table of spans that started and have not ended, bounded in
// count and age: where it is full, the oldest make room, since spans that never
// end are the oldest. It is safe for concurrent use.
type inFlight struct {
	shards [shardCount]shard
}

type shard struct {
	mu     sync.Mutex
	index  map[spanKey]int32
	slots  []entry
	free   int32 // head of the list of unused slots; none is -1
	oldest int32 // ends of the list by age
	newest int32
	bound  int32
	_      [64]byte // shards lie on cache lines of their own
}

type spanKey struct {
	trace trace.TraceID
	span  trace.SpanID
}

func keyOf(sc trace.SpanContext) spanKey {
	return spanKey{trace: sc.TraceID(), span: sc.SpanID()}
}

// entry is what is known of a span when it starts.
type entry struct {
	key       spanKey
	span      sdktrace.ReadWriteSpan // for its name, should it become a suspect
	snapshot  memstat.Snapshot
	sums      sums
	localRoot bool
	older     int32
	newer     int32 // also links the free list
}

const none = -1

func newInFlight(bound int) *inFlight {
	t := new(inFlight)
	// Random ids fill shards unevenly; a quarter more makes room for that.
	perShard := max(1, (bound+bound/4)/shardCount)
	for i := range t.shards {
		t.shards[i] = shard{index: make(map[spanKey]int32), free: none, oldest: none, newest: none, bound: int32(perShard)}
	}
	return t
}

func (t *inFlight) shard(k spanKey) *shard {
	return &t.shards[(k.span[7]^k.span[0])%shardCount]
}

// has says whether k is in the table.
func (t *inFlight) has(k spanKey) bool {
	s := t.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.index[k]
	return ok
}

// add puts e in, unless there is one with its key. Entries older than since, and
// the oldest where there is no room, are pushed out: it returns how many, and
// how many of them counted as operations in flight.
func (t *inFlight) add(e *entry, since time.Duration) (added bool, pushed, roots int) {
	s := t.shard(e.key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.index[e.key]; ok {
		return false, 0, 0
	}
	for s.oldest != none && (len(s.index) >= int(s.bound) || s.slots[s.oldest].sums.at < since) {
		pushed++
		if s.slots[s.oldest].localRoot {
			roots++
		}
		s.remove(s.oldest)
	}
	i := s.free
	if i == none {
		i = int32(len(s.slots))
		s.slots = append(s.slots, entry{})
	} else {
		s.free = s.slots[i].newer
	}
	s.slots[i] = *e
	s.slots[i].older, s.slots[i].newer = s.newest, none
	if s.newest == none {
		s.oldest = i
	} else {
		s.slots[s.newest].newer = i
	}
	s.newest = i
	s.index[e.key] = i
	return true, pushed, roots
}

// take moves the entry for k into e, if there is one.
func (t *inFlight) take(k spanKey, e *entry) bool {
	s := t.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.index[k]
	if ok {
		*e = s.slots[i]
		s.remove(i)
	}
	return ok
}

// each calls f with every entry. The shard is locked meanwhile: f only copies.
func (t *inFlight) each(f func(*entry)) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		for j := s.oldest; j != none; j = s.slots[j].newer {
			f(&s.slots[j])
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

// remove frees slot i. Callers hold s.mu.
func (s *shard) remove(i int32) {
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
	delete(s.index, e.key)
	*e = entry{newer: s.free}
	s.free = i
}
