package spanhook

import (
	"encoding/binary"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// key has n as its hash where n is below 1<<32 and trace is 0.
func key(trace, n uint64) (k spanKey) {
	binary.LittleEndian.PutUint64(k.trace[:8], trace)
	binary.LittleEndian.PutUint64(k.span[:], n)
	return k
}

// live is a span that has not ended.
type live struct{ sdktrace.ReadWriteSpan }

func (live) IsRecording() bool { return true }

func TestAFullShardPushesOutTheOldest(t *testing.T) {
	const perShard = 3
	table := newInFlight(80) // and a quarter more, over 32 shards
	var keys []spanKey
	for i := range uint64(5) {
		keys = append(keys, key(0, (i+1)*shardCount)) // all in one shard
		gave := table.add(&entry{key: keys[i], span: live{}, start: start{localRoot: i == 0}}, 0)
		wantPushed, wantRoots := int64(0), int64(0)
		if i >= perShard {
			wantPushed = 1
		}
		if i == perShard {
			wantRoots = 1 // the first was the only local root
		}
		if gave.untracked != wantPushed || gave.roots != wantRoots {
			t.Errorf("span %d pushed out %d, %d of them local roots, want %d and %d", i, gave.untracked, gave.roots, wantPushed, wantRoots)
		}
	}
	for i, k := range keys {
		if _, ok := table.end(k, 1, 1); ok != (i >= 2) {
			t.Errorf("span %d of 5 in a shard of 3 is tracked: %t", i, ok)
		}
	}
}

func TestSpansWithTheSameHashAreNotConfused(t *testing.T) {
	tracked := key(0, 7)
	multiplier := uint64(0x9e3779b97f4a7c15)
	other := key(1, 7-multiplier)
	if tracked.hash() != other.hash() {
		t.Fatal("the keys' hashes differ: the test says nothing")
	}
	table := newInFlight(100)
	table.add(&entry{key: tracked}, 0)
	if _, ok := table.end(other, 1, 1); ok {
		t.Error("took a span that never started")
	}
	if _, ok := table.end(tracked, 1, 1); !ok {
		t.Error("the tracked span is gone")
	}
}
