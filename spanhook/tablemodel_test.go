package spanhook

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/internal/seeded"
)

// tableModel is what the table of spans in flight must be like, one list for each state
// and shard, the oldest first, and nothing fast.
type tableModel struct {
	bound   int
	running [shardCount][]*modelEntry
	ended   [shardCount][]*modelEntry
}

type modelEntry struct {
	key        spanKey
	span       sdktrace.ReadWriteSpan
	root       bool
	processors uint64
	heard      bool
	started    time.Duration
	endedAt    time.Duration
}

func (m *tableModel) find(k spanKey) *modelEntry {
	for _, list := range m.lists(k) {
		for _, e := range *list {
			if e.key == k {
				return e
			}
		}
	}
	return nil
}

func (m *tableModel) lists(k spanKey) [2]*[]*modelEntry {
	shard := k.hash() % shardCount
	return [2]*[]*modelEntry{&m.running[shard], &m.ended[shard]}
}

func (m *tableModel) remove(e *modelEntry) {
	for _, list := range m.lists(e.key) {
		*list = slices.DeleteFunc(*list, func(other *modelEntry) bool { return other == e })
	}
}

func (e *modelEntry) weight(running bool) int64 {
	if e.root && running {
		return 1
	}
	return 0
}

// add makes room as [inFlight.add] promises: old ones that ended go first, then spans of
// before since, and where there is none the oldest of either.
func (m *tableModel) add(e *modelEntry, since time.Duration) (a added) {
	if m.find(e.key) != nil {
		return added{}
	}
	a.ok = true
	lists := m.lists(e.key)
	running, ended := lists[0], lists[1]
	for {
		full := len(*running)+len(*ended) >= m.bound
		var victim *modelEntry
		switch {
		case len(*ended) > 0 && (full || e.started-(*ended)[0].endedAt > maxUnheard):
			victim = (*ended)[0]
			if !victim.heard {
				a.unheard++
			}
		case len(*running) > 0 && (full || (*running)[0].started < since):
			victim = (*running)[0]
			a.roots += victim.weight(true)
			if victim.span.IsRecording() {
				a.untracked++
			} else {
				a.unheard++
			}
		default:
			*running = append(*running, e)
			return a
		}
		m.remove(victim)
	}
}

// leave moves an entry to those that ended.
func (m *tableModel) leave(e *modelEntry, at time.Duration) {
	m.remove(e)
	e.endedAt = at
	ended := m.lists(e.key)[1]
	*ended = append(*ended, e)
}

func (m *tableModel) all(lists *[shardCount][]*modelEntry) (keys []spanKey) {
	for _, list := range lists {
		for _, e := range list {
			keys = append(keys, e.key)
		}
	}
	return sorted(keys)
}

func sorted(keys []spanKey) []spanKey {
	slices.SortFunc(keys, func(a, b spanKey) int {
		return cmp.Or(slices.Compare(a.trace[:], b.trace[:]), slices.Compare(a.span[:], b.span[:]))
	})
	return keys
}

func TestTheTableIsAsItsModel(t *testing.T) {
	seeded.Each(t, 20, func(t *testing.T, random *rand.Rand) {
		bound := 32 * (1 + random.IntN(4))
		table := newInFlight(bound)
		world := &tableWorld{t: t, random: random, table: table, model: &tableModel{bound: int(table.shards[0].bound)}}
		world.tracer = sdktrace.NewTracerProvider()
		for step := range 3000 {
			world.step()
			if step%50 == 0 || t.Failed() {
				world.compare()
			}
			if t.Failed() {
				t.Fatalf("after step %d with a bound of %d", step, bound)
			}
		}
	})
}

// tableWorld does the same to a table and its model.
type tableWorld struct {
	t      *testing.T
	random *rand.Rand
	table  *inFlight
	model  *tableModel
	tracer *sdktrace.TracerProvider
	now    time.Duration
	known  []*modelEntry // started at any time
}

// processorsOfModel hear of starts and ends.
const processorsOfModel = 3

func (w *tableWorld) step() {
	w.now += time.Duration(w.random.IntN(200)) * time.Millisecond
	if w.random.IntN(100) == 0 {
		w.now += 2 * maxUnheard
	}
	switch w.random.IntN(6) {
	case 0, 1, 2:
		w.start()
	case 3:
		w.finish()
	case 4:
		w.hear()
	case 5:
		if w.random.IntN(10) == 0 {
			w.markEnded()
		}
	}
}

// pick is a span of late, so that many are still in the table.
func (w *tableWorld) pick() *modelEntry {
	if len(w.known) == 0 {
		return nil
	}
	return w.known[max(0, len(w.known)-1-w.random.IntN(150))]
}

func (w *tableWorld) start() {
	since := w.now - time.Duration(w.random.IntN(60))*time.Second
	e := w.pick()
	if e == nil || w.random.IntN(20) > 0 { // else an id is given out twice
		_, span := w.tracer.Tracer("model").Start(w.t.Context(), "span")
		e = &modelEntry{key: keyOf(span.SpanContext()), span: span.(sdktrace.ReadWriteSpan), root: w.random.IntN(2) == 0}
		w.known = append(w.known, e)
	}
	processor := uint64(1) << w.random.IntN(processorsOfModel)
	seen := w.model.find(e.key)
	if got := w.table.seenBy(e.key, processor); got != (seen != nil) {
		w.t.Errorf("seenBy is %v", got)
	}
	if seen != nil {
		seen.processors |= processor
	}
	copied := *e
	copied.processors, copied.started, copied.heard = processor, w.now, false
	got := w.table.add(&entry{key: e.key, span: e.span, processors: processor, start: start{reading: Reading{Now: w.now}, localRoot: e.root}}, since)
	got.crowded = false // when it grows is its own affair
	if want := w.model.add(&copied, since); got != want {
		w.t.Errorf("add is %+v, want %+v", got, want)
	}
}

// finish ends a span, of which nobody has heard yet.
func (w *tableWorld) finish() {
	if e := w.pick(); e != nil {
		e.span.End()
	}
}

func (w *tableWorld) hear() {
	e := w.pick()
	if e == nil {
		return
	}
	processor, mask := uint64(1)<<w.random.IntN(processorsOfModel), w.random.Uint64N(1<<processorsOfModel)
	was, ok := w.table.end(e.key, processor, mask)
	known := w.model.find(e.key)
	if ok != (known != nil) {
		w.t.Errorf("end found it: %v", ok)
	}
	if known == nil {
		return
	}
	if (was.state == heard) != known.heard || was.reading.Now != known.started {
		w.t.Errorf("end is of %+v, want %+v", was, known)
	}
	known.processors &^= processor
	if known.processors&mask == 0 {
		w.model.remove(known)
		return
	}
	known.heard = true
	w.model.leave(known, notYet)
	if w.random.IntN(2) == 0 {
		w.table.setMeasured(e.key, nil, w.now)
		known.endedAt = w.now
	}
}

func (w *tableWorld) markEnded() {
	var weight, want int64
	w.table.markEnded(w.now, func(of int64) sums { weight += of; return sums{} })
	for i := range w.model.running {
		for _, e := range slices.Clone(w.model.running[i]) {
			if !e.span.IsRecording() {
				want += e.weight(true)
				w.model.leave(e, w.now)
			}
		}
	}
	if weight != want {
		w.t.Errorf("%d operations ended, want %d", weight, want)
	}
}

func (w *tableWorld) compare() {
	var running []spanKey
	w.table.each(func(e *entry) { running = append(running, e.key) })
	if want := w.model.all(&w.model.running); !slices.Equal(sorted(running), want) {
		w.t.Errorf("%d spans in flight, want %d others", len(running), len(want))
	}
	for i := range w.table.shards {
		s := &w.table.shards[i]
		if want := len(w.model.running[i]) + len(w.model.ended[i]); len(s.index) != want {
			w.t.Errorf("shard %d has %d entries, want %d", i, len(s.index), want)
		}
		if len(s.slots) > int(s.bound) {
			w.t.Errorf("shard %d has %d slots, more than its bound %d", i, len(s.slots), s.bound)
		}
	}
}
