package dump

import (
	"fmt"
	"runtime"
	"testing"
)

// BenchmarkWrite writes profiles of this process's heap, with as many stacks as
// it says.
func BenchmarkWrite(b *testing.B) {
	for _, depth := range []int{0, 15} {
		rate := runtime.MemProfileRate
		runtime.MemProfileRate = 1
		kept := allocateBelow(depth, nil)
		runtime.MemProfileRate = rate
		runtime.GC()
		metadata := newMetadata(Memory{}, Limit{}, nil)
		b.Run(fmt.Sprintf("about_%d_stacks", 1<<depth), func(b *testing.B) {
			dir := b.TempDir()
			b.ReportAllocs()
			for b.Loop() {
				file, err := newStore(dir).write("heapdump_manual_2025-11-26T10-05-00-000Z", &metadata, writeHeap)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(file.Size), "file-bytes")
			}
			b.ReportMetric(float64(profileStacks()), "stacks")
		})
		runtime.KeepAlive(kept)
	}
}

// allocateBelow allocates from 2 to the power of depth stacks.
func allocateBelow(depth int, kept []*[64]byte) []*[64]byte {
	if depth == 0 {
		return append(kept, new([64]byte))
	}
	kept = allocateBelow(depth-1, kept)
	return allocateBelow(depth-1, kept)
}
