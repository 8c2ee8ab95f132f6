package goroutines

import (
	"bytes"
	"fmt"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"testing"

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
	var labelled, leaked sync.WaitGroup
	ctx := pprof.WithLabels(t.Context(), pprof.Labels(heaptag.OperationLabel, `GET "quoted" /x`, "users", "own"))
	labelled.Add(25)
	for range 25 {
		leaked.Go(func() {
			pprof.SetGoroutineLabels(ctx)
			labelled.Done()
			<-release
		})
	}
	labelled.Wait()
	if got := find(t, `GET "quoted" /x`); got.Count != 25 {
		t.Errorf("counted %+v, want 25", got)
	}
	close(release)
	leaked.Wait()
}

// Goroutines of one operation stand at several lines; libraries that they share are
// not worth a line.
func TestGroupsAndSitesAreTheLargestFirst(t *testing.T) {
	var text strings.Builder
	text.WriteString("goroutine profile: total 31\n")
	stack := func(count int, operation, function string) {
		fmt.Fprintf(&text, "%d @ 0x1\n# labels: {\"operation\":%q}\n#\t0x1\t%s+0x10\t/src/%s.go:1\n\n", count, operation, function, function)
	}
	stack(9, "small", "main.a")
	for i, count := range []int{2, 5, 1, 4} {
		stack(count, "large", fmt.Sprint("main.f", i))
	}
	stack(10, "large", "net/http.serve")
	groups, err := parse(bytes.NewBufferString(text.String()))
	if err != nil || len(groups) != 2 || groups[0].Operation != "large" || groups[0].Count != 22 || groups[1].Count != 9 {
		t.Fatalf("groups %+v, %v", groups, err)
	}
	var order []int
	for _, site := range groups[0].Sites {
		order = append(order, site.Count)
	}
	if want := []int{5, 4, 2}; !slices.Equal(order, want) {
		t.Errorf("counts of sites %v, want %v", order, want)
	}
}

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
		idle.Go(func() { <-release })
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
