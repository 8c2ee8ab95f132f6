package dump

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

// The conversions do not compile if the types differ.
func TestMemoryInTheMetadataFile(t *testing.T) {
	snapshot := memstat.Snapshot{
		Time: time.Now(), HeapObjects: 1, Allocated: 2, Live: 3, GCCycles: 4, GoResident: 5, Stacks: 6, Goroutines: 7,
		ProcessTime: time.Now(), RSS: 8, FileBacked: 8, External: 9,
	}
	limit := memstat.Limit{Bytes: 10, Source: memstat.SourceCgroup}
	metadata := newMetadata(Memory(snapshot), Limit(limit), nil)
	if metadata.Limit != 10 || metadata.LimitSource != "cgroup" || metadata.GCCycles != 4 {
		t.Errorf("metadata %+v", metadata)
	}
	text, err := json.Marshal(metadata.Memory)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"heap":1,"live":3,"goResident":5,"stacks":6,"goroutines":7,"rss":8,"external":9}`
	if string(text) != want {
		t.Errorf("memory is written as %s, want %s", text, want)
	}
}
