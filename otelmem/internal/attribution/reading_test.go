package attribution

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/memstat"
)

// The background reads, and whoever asks for a report: an older reading that comes in
// late would look as if bytes had moved elsewhere, and end a suspicion.
func TestReadingsAtTheSameTimeComeInTheirOrder(t *testing.T) {
	tag := heaptag.Default.Tag("allocates more and more", "ordered")
	var tracker Tracker
	stop := make(chan struct{})
	var readers sync.WaitGroup
	defer readers.Wait()
	defer close(stop)
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					tracker.Read(memstat.Snapshot{Time: time.Now()}, nowhere)
				}
			}
		})
	}
	most := 0.0
	var kept [][]byte
	for range 150 {
		heaptag.Do(tag.ID, func() { kept = append(kept, make([]byte, 256<<10)) })
		runtime.GC()
		for range 20 {
			operations, _, _ := tracker.Operations()
			for _, o := range operations {
				if o.Name != tag.Operation {
					continue
				}
				if o.Usage.Allocated < most {
					t.Fatalf("%.0f bytes allocated after %.0f", o.Usage.Allocated, most)
				}
				most = o.Usage.Allocated
			}
		}
	}
	if most == 0 {
		t.Error("nothing was read")
	}
	runtime.KeepAlive(kept)
}
