package goroutines

import (
	"bytes"
	"context"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// find returns the group of an operation.
func find(t *testing.T, operation string) Group {
	t.Helper()
	groups, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range groups {
		if g.Operation == operation {
			return g
		}
	}
	return Group{}
}

func TestGoroutinesAreCountedByOperation(t *testing.T) {
	release := make(chan struct{})
	var leaked sync.WaitGroup
	ctx := pprof.WithLabels(context.Background(), pprof.Labels(heaptag.OperationLabel, `GET "quoted" /x`, "users", "own"))
	for range 25 {
		leaked.Go(func() {
			pprof.SetGoroutineLabels(ctx)
			waitForEver(release)
		})
	}
	for deadline := time.Now().Add(5 * time.Second); find(t, `GET "quoted" /x`).Count < 25; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("counted %+v, want 25", find(t, `GET "quoted" /x`))
		}
	}
	close(release)
	leaked.Wait()
}

func waitForEver(release chan struct{}) { <-release }

func TestSiteIsTheApplicationsLineNearestToWhereItIsBlocked(t *testing.T) {
	text := strings.ReplaceAll(`goroutine profile: total 9
7 @ 0x1 0x2 0x3
# labels: {"operation":"GET /api", "user":"x"}
#>0x1>runtime.gopark+0x10>/go/src/runtime/proc.go:400
#>0x2>main.(*cache).wait+0x20>/src/cache.go:12
#>0x3>main.main+0x30>/src/main.go:5

2 @ 0x1
#>0x1>net/http.(*conn).serve+0x10>/go/src/net/http/server.go:1
`, ">", "\t")
	groups, err := parse(bytes.NewBufferString(text))
	if err != nil || len(groups) != 2 {
		t.Fatalf("groups %+v, %v", groups, err)
	}
	if g := groups[0]; g.Operation != "GET /api" || g.Count != 7 || len(g.Sites) != 1 || g.Sites[0] != (Site{"main.(*cache).wait", "/src/cache.go:12", 7}) {
		t.Errorf("got %+v", g)
	}
	if g := groups[1]; g.Operation != "" || g.Count != 2 || len(g.Sites) != 0 {
		t.Errorf("got %+v", g)
	}
}

func BenchmarkRead(b *testing.B) {
	release := make(chan struct{})
	var idle sync.WaitGroup
	for range 10_000 {
		idle.Go(func() { waitForEver(release) })
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(); err != nil {
			b.Fatal(err)
		}
	}
	close(release)
	idle.Wait()
}
