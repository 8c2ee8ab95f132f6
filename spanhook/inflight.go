package spanhook

import (
	"encoding/binary"
	"math"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

const (
	shardCount = 32
	// maxUnheard is the age from which on an entry is forgotten whose span ended without
	// a processor that is still to hear of it: one that exports as spans end can keep it
	// waiting.
	maxUnheard = time.Minute
)

// inFlight is the table of spans that started and have not ended, bounded in
// count and age: where it is full, the oldest are pushed out, since spans that
// never end are the oldest. It is safe for concurrent use.
type inFlight struct {
	shards [shardCount]shard
}

// entry is a span in flight, or one that ended and of whose end not all processors
// have heard that heard of its start.
type entry struct {
	key        spanKey
	span       sdktrace.ReadWriteSpan // nil unless running
	state      state
	processors uint64          // that saw the start, and not yet the end
	measured   *spanWithGrowth // what the first of them made of it; nil before, and for events
	endedAt    time.Duration   // unless running
	endSums    sums            // of one that ended
	start
}

// state is how far a span is known to be.
type state uint8

// notYet is the time of what has not been read yet.
const notYet = time.Duration(math.MaxInt64)

const (
	running state = iota
	ended         // but no processor has heard of it so far
	heard         // at least one processor has heard of its end
)

// list is that of the entry's state.
func (e *entry) list() int { return min(int(e.state), 1) }

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
		t.shards[i] = shard{index: make(map[uint64]int32), free: none, lists: [2]list{{none, none}, {none, none}}, bound: int32(perShard)}
	}
	return t
}

// seenBy says whether k is in the table, and notes that a processor saw its start.
func (t *inFlight) seenBy(k spanKey, processor uint64) bool {
	s, i, _ := t.lock(k)
	defer s.mu.Unlock()
	if i == none {
		return false
	}
	s.slots[i].processors |= processor
	return true
}

// lock locks the shard of k and returns it, with the slot of k, or none, and the hash
// of k.
func (t *inFlight) lock(k spanKey) (s *shard, i int32, h uint64) {
	h = k.hash()
	s = &t.shards[h%shardCount]
	s.mu.Lock()
	i, ok := s.index[h]
	if !ok || s.slots[i].key != k {
		i = none
	}
	return s, i, h
}

// added is what became of an entry, and of others that gave way.
type added struct {
	ok bool // false: another one has its key
	// untracked were in flight, and of the end of unheard no processor heard; roots is
	// how many of both were counted as operations in flight.
	untracked, unheard, roots int64
	// crowded says that the table must grow.
	crowded bool
}

// add puts e in, unless there is one with its key. Entries from before since give way,
// and the oldest where there is no room.
func (t *inFlight) add(e *entry, since time.Duration) (a added) {
	h := e.key.hash()
	s := &t.shards[h%shardCount]
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.index[h]; ok {
		return added{}
	}
	a.ok = true
	for i := s.toForget(since, e.reading.Now); i != none; i = s.toForget(since, e.reading.Now) {
		oldest := &s.slots[i]
		switch {
		case oldest.state == running && oldest.span.IsRecording():
			a.untracked++
		case oldest.state != heard:
			a.unheard++
		}
		a.roots += oldest.weight()
		s.remove(i, oldest.key.hash())
	}
	i := s.free
	if i == none {
		i = int32(len(s.slots))
		a.crowded = len(s.slots) == cap(s.slots)
		s.slots = append(s.slots, slot{})
	} else {
		s.free = s.slots[i].newer
	}
	s.slots[i].entry = *e
	s.link(i)
	s.index[h] = i
	return a
}

// weight is 1 for what is counted as an operation in flight.
func (e *entry) weight() int64 {
	if e.localRoot && e.state == running {
		return 1
	}
	return 0
}

// end notes that a processor heard of the end of k. It returns the entry as it was, with
// state heard where another one was first. It stays while others of those in mask are to
// hear of it.
func (t *inFlight) end(k spanKey, processor, mask uint64) (was entry, ok bool) {
	s, i, h := t.lock(k)
	defer s.mu.Unlock()
	if i == none {
		return entry{}, false
	}
	e := &s.slots[i].entry
	was = *e
	if e.processors &^= processor; e.processors&mask == 0 {
		s.remove(i, h)
	} else {
		e.stacks, e.inner = nil, nil
		s.leave(i, heard, notYet)
	}
	return was, true
}

// setMeasured keeps what the first processor made of k, at now, for the others.
func (t *inFlight) setMeasured(k spanKey, measured *spanWithGrowth, now time.Duration) {
	s, i, _ := t.lock(k)
	defer s.mu.Unlock()
	if i != none {
		s.slots[i].measured, s.slots[i].endedAt = measured, now
	}
}

// markEnded notes which spans have ended without that a processor heard of it, and calls
// leave with the weight of each, for the sums at which it does. It returns whether there
// were any.
func (t *inFlight) markEnded(now time.Duration, leave func(weight int64) sums) (found bool) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		for j := s.lists[0].oldest; j != none; {
			e, next := &s.slots[j].entry, s.slots[j].newer
			if !e.span.IsRecording() {
				e.endSums = leave(e.weight())
				s.leave(j, ended, now)
				found = true
			}
			j = next
		}
		s.mu.Unlock()
	}
	return found
}

// each calls f with every entry of a span in flight. The shard is locked meanwhile: f
// only copies.
func (t *inFlight) each(f func(*entry)) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		for j := s.lists[0].oldest; j != none; j = s.slots[j].newer {
			f(&s.slots[j].entry)
		}
		s.mu.Unlock()
	}
}

// size is the number of spans in flight and the number of slots that hold memory.
func (t *inFlight) size() (spans, slots int) {
	t.each(func(e *entry) {
		if e.span.IsRecording() {
			spans++
		}
	})
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		slots += cap(s.slots)
		s.mu.Unlock()
	}
	return spans, slots
}
