package attribution

import (
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/goroutines"
	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/verdict"
)

// atGroup is a group by its operation and the line where it is blocked.
func atGroup(operation, place string, count int) goroutines.Group {
	return goroutines.Group{Key: goroutines.Key{Operation: operation, Starter: "main.serve", Function: "main.wait", Place: place}, Count: count}
}

// reading takes a reading of groups in, some seconds after the start.
func (gs *goroutineGroups) reading(seconds int, labelled bool, groups ...goroutines.Group) []Goroutines {
	now := memstat.Snapshot{Time: time.Unix(int64(seconds), 0), Goroutines: 1000, Stacks: 1000 * 4096}
	return gs.add(goroutines.Reading{Groups: groups, Labelled: labelled}, now)
}

func TestLeakedGoroutinesAreSuspectedAndOthersNot(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	gs := new(goroutineGroups)
	var began []Goroutines
	for s := 0; s <= 300; s += 3 {
		leaked := 20 + s + random.IntN(5) // 60 a minute: 320 after five minutes
		began = append(began, gs.reading(s, true,
			atGroup("leaks", "a.go:1", leaked), atGroup("in flight", "b.go:2", 80+random.IntN(80)), atGroup("few", "c.go:3", 3))...)
	}
	if len(began) != 1 || began[0].Operation != "leaks" {
		t.Fatalf("newly suspected: %+v, want the leak, once", began)
	}
	tracker := &Tracker{goroutines: *gs}
	groups, _ := tracker.GoroutineGroups()
	if len(groups) != 2 || !groups[0].Suspected || groups[1].Suspected || groups[0].Operation != "leaks" {
		t.Fatalf("groups %+v, want the suspected one first, and not the few", groups)
	}
	if rate := groups[0].GrowthPerMinute(); rate < 55 || rate > 65 || groups[0].StackBytes != int64(groups[0].Count)*4096 {
		t.Errorf("%.0f more a minute, %d bytes of stacks for %d, want 60 and 4096 each", rate, groups[0].StackBytes, groups[0].Count)
	}
	if reason := groups[0].Result.Reason; !strings.Contains(reason, "goroutines") {
		t.Errorf("evidence: %s", reason)
	}
}

// A leak that has become too large to be read with labels goes on being its operation's.
func TestWithoutLabelsALineKeepsItsOperation(t *testing.T) {
	gs := new(goroutineGroups)
	gs.reading(0, true, atGroup("leaks", "a.go:1", 100), atGroup("left", "b.go:2", 50), atGroup("right", "b.go:2", 50))
	tooDeep := atGroup("", "a.go:1", 10)
	tooDeep.Starter = ""
	gs.reading(3, false, atGroup("", "a.go:1", 190), tooDeep, atGroup("", "b.go:2", 100))
	want := map[string]int{"leaks": 200, "": 100}
	tracker := &Tracker{goroutines: *gs}
	groups, _ := tracker.GoroutineGroups()
	for _, g := range groups {
		if g.Count != want[g.Operation] {
			t.Errorf("%q has %d goroutines, want %d", g.Operation, g.Count, want[g.Operation])
		}
		delete(want, g.Operation)
	}
	if len(want) > 0 || gs.byOperation["leaks"].Count != 200 {
		t.Errorf("%v are missing; by operation %+v", want, gs.byOperation)
	}
}

// Read without labels, the goroutines of two operations that are blocked at one line
// cannot be told apart: nothing is said of either meanwhile.
func TestWhatCannotBeToldApartIsNotJudged(t *testing.T) {
	gs := new(goroutineGroups)
	for s := 0; s <= 300; s += 3 {
		gs.reading(s, true, atGroup("left", "a.go:1", 20+2*s), atGroup("right", "a.go:1", 50))
	}
	left := gs.followed[atGroup("left", "a.go:1", 0).Key]
	before := left.result
	if !left.suspected() {
		t.Fatalf("%+v, want the leak suspected", before)
	}
	for s := 303; s <= 360; s += 3 {
		gs.reading(s, false, atGroup("", "a.go:1", 70+2*s))
	}
	if !left.suspected() || left.result.Points != before.Points {
		t.Errorf("%+v, want no reading since %+v", left.result, before)
	}
}

// The goroutine profile takes memory: near the limit it is not read.
func TestGoroutinesAreReadWithinTheRoomBelowTheLimit(t *testing.T) {
	const limit = 1 << 40 // or less, where the machine has one
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(limit))
	var tracker Tracker
	for rss, enough := range map[int64]bool{0: true, limit: false} {
		tracker.Read(memstat.Snapshot{Time: time.Now(), RSS: rss}, nowhere)
		if _, notRead := tracker.GoroutineGroups(); (notRead == "") != enough {
			t.Errorf("with a resident set of %d: %q, want them read: %t", rss, notRead, enough)
		}
	}
}

func TestFollowedGroupsAreBounded(t *testing.T) {
	gs := new(goroutineGroups)
	var groups []goroutines.Group
	for i := range 2 * maxGoroutineGroups {
		groups = append(groups, atGroup(strings.Repeat("x", i), "a.go:1", 10))
	}
	gs.reading(0, true, groups...)
	if len(gs.followed) != maxGoroutineGroups {
		t.Errorf("%d groups are followed, want %d", len(gs.followed), maxGoroutineGroups)
	}
	gs.reading(3, true, groups[0])
	if len(gs.followed) != 1 {
		t.Errorf("%d groups are followed, want the one that is left", len(gs.followed))
	}
}

// Goroutines need no heap profile.
func TestGoroutinesOfAnOperationAreCountedWithoutTheHeapProfile(t *testing.T) {
	rate := runtime.MemProfileRate
	runtime.MemProfileRate = 0
	defer func() { runtime.MemProfileRate = rate }()
	tag := heaptag.Default.Tag("without profile", "category")
	release := make(chan struct{})
	var begun, ended sync.WaitGroup
	for range 30 {
		begun.Add(1)
		ended.Go(func() {
			tag.SetLabels(t.Context())
			begun.Done()
			<-release
		})
	}
	defer ended.Wait()
	defer close(release)
	begun.Wait()
	var tracker Tracker
	tracker.Read(memstat.Snapshot{Time: time.Now()}, func(string) (string, bool) { return "", false })
	operations, at, err := tracker.Operations()
	if err == nil || !at.IsZero() || len(operations) != 1 || operations[0].Name != "without profile" || operations[0].Goroutines.Count != 30 {
		t.Errorf("operations %+v at %v: %v", operations, at, err)
	}
	if operations[0].Result.Verdict != "" || operations[0].Usage.Live != 0 {
		t.Errorf("%+v is said of bytes that are not known", operations[0].Result)
	}
	if groups, _ := tracker.GoroutineGroups(); len(groups) != 1 || groups[0].Count != 30 || groups[0].Result.Verdict != verdict.NotEnoughData {
		t.Errorf("groups %+v", groups)
	}
}
