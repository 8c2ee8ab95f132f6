package attribution

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/otelmem/otelmem-go/internal/goroutines"
	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/verdict"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

const mib = 1 << 20

// nowhere is where operations have no spans.
func nowhere(string) (string, bool) { return "", false }

// newTracker is one before its first reading of figures that a test makes up.
func newTracker() *Tracker {
	return &Tracker{followed: make(map[key]*followed), allocated: make(map[string]float64), at: time.Unix(1000, 0)}
}

// profileOf is a profile in which tags have so many live bytes, and have allocated
// twice as much.
func profileOf(tagged map[*heaptag.Tag]float64) *heapprofile.Profile {
	p := &heapprofile.Profile{Tagged: make(map[heaptag.ID]*heapprofile.Usage), Learned: make(map[string]*heapprofile.Usage)}
	for tag, live := range tagged {
		p.Tagged[tag.ID] = usageOf(live)
	}
	return p
}

func usageOf(live float64) *heapprofile.Usage {
	return &heapprofile.Usage{Live: live, Allocated: 2 * live}
}

func find(t *testing.T, tracker *Tracker, name string) Operation {
	t.Helper()
	operations, _, _ := tracker.Operations()
	i := slices.IndexFunc(operations, func(o Operation) bool { return o.Name == name })
	if i < 0 {
		t.Fatalf("%s is not among %d operations", name, len(operations))
	}
	return operations[i]
}

// The real heap profile, in minutes that pass at once.
func TestALeakIsSuspectedOnceAndUntilItsGrowthEnds(t *testing.T) {
	tag := heaptag.Default.Tag("leaks until noon", "leaking")
	var kept [][]byte
	synctest.Test(t, func(t *testing.T) {
		var tracker Tracker
		read := func(leak int) (began, ended []Operation) {
			heaptag.Do(tag.ID, func() { kept = append(kept, make([]byte, leak)) })
			runtime.GC()
			runtime.GC()
			time.Sleep(5 * time.Second)
			changes := tracker.Read(memstat.Snapshot{Time: time.Now()}, nowhere)
			return changes.Began, changes.Ended
		}
		// until reads until something changes, for a quarter of an hour at most.
		until := func(leak int) (began, ended []Operation) {
			for range 180 {
				if began, ended = read(leak); len(began)+len(ended) > 0 {
					break
				}
			}
			return began, ended
		}
		leakRate := func() float64 {
			categories, _ := tracker.Categories()
			i := slices.IndexFunc(categories, func(c Category) bool { return c.Name == "leaking" })
			return categories[i].LeakRate
		}

		began, ended := until(mib)
		if len(began) != 1 || began[0].Name != "leaks until noon" || !began[0].SuspectedSince.Equal(time.Now()) || len(ended) != 0 {
			t.Fatalf("suspected %+v, no longer suspected %+v, want the leak, from now on", began, ended)
		}
		since := began[0].SuspectedSince
		for range 5 {
			if began, ended = read(mib); len(began)+len(ended) != 0 {
				t.Fatalf("suspected anew %+v, no longer suspected %+v, want no change while it goes on", began, ended)
			}
		}
		if o := find(t, &tracker, "leaks until noon"); !o.SuspectedSince.Equal(since) || leakRate() < mib/6 || leakRate() > mib/4 {
			t.Errorf("suspected since %v at %.0f bytes a second, want since %v", o.SuspectedSince, leakRate(), since)
		}
		if rising, _ := tracker.Rising(); !slices.Equal(rising, []string{"leaks until noon"}) {
			t.Errorf("%v rise", rising)
		}

		began, ended = until(0)
		if len(began) != 0 || len(ended) != 1 || ended[0].Name != "leaks until noon" || ended[0].Result.Verdict == verdict.Growing {
			t.Fatalf("suspected %+v, no longer suspected %+v, want that the growth has ended", began, ended)
		}
		if o := find(t, &tracker, "leaks until noon"); !ended[0].SuspectedSince.IsZero() || !o.SuspectedSince.IsZero() || leakRate() != 0 {
			t.Errorf("still suspected since %v at %v bytes a second", o.SuspectedSince, leakRate())
		}
		if rising, _ := tracker.Rising(); len(rising) != 0 {
			t.Errorf("%v rise", rising)
		}
	})
	runtime.KeepAlive(kept)
}

func TestBytesOfATagAndOfItsLearnedFunctionsAreOneOperationByTag(t *testing.T) {
	both, learned, tagged := heaptag.Default.Tag("both", "c"), heaptag.Default.Tag("learned with a tag", "c"), heaptag.Default.Tag("tagged", "c")
	p := profileOf(map[*heaptag.Tag]float64{both: 10, tagged: 3})
	p.Learned["both"], p.Learned[learned.Operation], p.Learned["without a tag"] = usageOf(5), usageOf(7), usageOf(8)
	p.Code = map[string]*heapprofile.Usage{"main.main": usageOf(2), "": usageOf(1)}
	p.TooDeep = *usageOf(4)
	tracker := newTracker()
	tracker.addProfile(p, func(operation string) (string, bool) { return "spans'", operation == "without a tag" })
	for _, want := range []struct {
		name, category string
		by             report.Attribution
		live           float64
	}{
		{"both", "c", report.ByTag, 15},
		{"tagged", "c", report.ByTag, 3},
		{"learned with a tag", "c", report.ByLearned, 7},
		{"without a tag", "spans'", report.ByLearned, 8},
		{"main.main", Untagged, report.ByCode, 2},
		{report.NoApplication, Untagged, report.ByCode, 1},
		{tooDeep, Untagged, report.ByCode, 4},
	} {
		o := find(t, tracker, want.name)
		if o.Category != want.category || o.By != want.by || o.Usage.Live != want.live || o.Usage.Allocated != 2*want.live {
			t.Errorf("%s: %.0f bytes of %.0f by %s in %s, want %.0f of twice as much by %s in %s",
				want.name, o.Usage.Live, o.Usage.Allocated, o.By, o.Category, want.live, want.by, want.category)
		}
	}
	if n := len(tracker.followed); n != 7 {
		t.Errorf("%d are followed, want 7", n)
	}
}

// A function can have the name of an operation.
func TestCodeIsNotTheOperationOfItsName(t *testing.T) {
	tag := heaptag.Default.Tag("main.work", "c")
	p := profileOf(map[*heaptag.Tag]float64{tag: 10})
	p.Code = map[string]*heapprofile.Usage{"main.work": usageOf(2)}
	tracker := newTracker()
	tracker.addProfile(p, nowhere)
	if operation, code := tracker.followed[key{name: "main.work"}], tracker.followed[key{"main.work", true}]; operation.usage.Live != 10 || code.usage.Live != 2 {
		t.Errorf("the operation holds %.0f, the function %.0f, want 10 and 2", operation.usage.Live, code.usage.Live)
	}
}

func TestWhatIsNoLongerInTheProfileHoldsNothing(t *testing.T) {
	tag := heaptag.Default.Tag("comes and goes", "c")
	tracker := newTracker()
	tracker.addProfile(profileOf(map[*heaptag.Tag]float64{tag: 10}), nowhere)
	tracker.addProfile(profileOf(nil), nowhere)
	if o := find(t, tracker, "comes and goes"); o.Usage.Live != 0 || o.Usage.Allocated != 0 {
		t.Errorf("%.0f bytes of %.0f stand still", o.Usage.Live, o.Usage.Allocated)
	}
}

func TestFollowedOperationsAreBounded(t *testing.T) {
	p := profileOf(nil)
	p.Code = make(map[string]*heapprofile.Usage)
	for i := range 2 * maxFollowed {
		p.Code[strings.Repeat("f", i+1)] = usageOf(1)
	}
	tracker := newTracker()
	tracker.addProfile(p, nowhere)
	if n := len(tracker.followed); n != maxFollowed {
		t.Errorf("%d are followed, want %d", n, maxFollowed)
	}
}

// What was allocated falls only where bytes move to another operation, for which the
// points so far say nothing of those to come.
func TestASeriesStartsAnewWhereBytesMovedAway(t *testing.T) {
	f := &followed{series: verdict.NewSeries(0)}
	for i := range 5 {
		f.add(usageOf(float64(i+1)*mib), report.ByTag, time.Unix(int64(i), 0), 0)
	}
	if n := len(f.series.Points()); n != 5 {
		t.Fatalf("%d points, want 5", n)
	}
	less := heapprofile.Usage{Live: mib, Allocated: 10 * mib} // as before: freed, not moved
	if f.add(&less, report.ByTag, time.Unix(5, 0), 0); len(f.series.Points()) != 6 {
		t.Errorf("%d points after bytes were freed, want 6", len(f.series.Points()))
	}
	less.Allocated *= 1 - 1e-6 // as rounding states it
	f.add(&less, report.ByTag, time.Unix(101, 0), 101)
	if n := len(f.series.Points()); n < 7 {
		t.Errorf("%d points after a reading that rounds otherwise, want all", n)
	}
	less.Allocated /= 2
	if f.add(&less, report.ByTag, time.Unix(6, 0), 0); len(f.series.Points()) != 1 {
		t.Errorf("%d points after bytes moved, want the one since", len(f.series.Points()))
	}
}

func TestASuspicionIsForgottenWithTheFigures(t *testing.T) {
	f := &followed{name: "leaks", series: verdict.NewSeries(0)}
	began := false
	at := time.Unix(0, 0)
	for i := 0; i < 100 && !began; i++ {
		at = at.Add(5 * time.Second)
		f.add(usageOf(float64(i+1)*2*mib), report.ByTag, at, 0)
		began, _ = f.judge(at)
	}
	if !began || f.suspicion.Since.IsZero() {
		t.Fatal("a leak is not suspected")
	}
	if !f.forget("no longer known") || f.forget("no longer known") {
		t.Error("a suspicion ends once")
	}
	if o := f.operation(); !o.SuspectedSince.IsZero() || o.Usage.Live != 0 || o.Result.Verdict != "" || len(o.History) != 0 {
		t.Errorf("remembered: %+v", o)
	}
}

func TestALittleIsNotJudged(t *testing.T) {
	f := &followed{series: verdict.NewSeries(0)}
	f.add(&heapprofile.Usage{Live: judgedFrom - 1, Allocated: 16*judgedFrom - 1}, report.ByTag, time.Unix(0, 0), 0)
	if f.judge(time.Unix(0, 0)); f.result.Verdict != "" {
		t.Errorf("verdict %q", f.result.Verdict)
	}
	f.add(&heapprofile.Usage{Live: judgedFrom - 1, Allocated: 16 * judgedFrom}, report.ByTag, time.Unix(1, 0), 0)
	if f.judge(time.Unix(1, 0)); f.result.Verdict == "" {
		t.Error("no verdict on what allocates much")
	}
}

func TestCategoriesAddUpTheirOperations(t *testing.T) {
	suspected := &followed{
		category: "api", usage: *usageOf(10), goroutines: goroutines.Operation{Count: 3},
		result: verdict.Result{Evidence: verdict.Evidence{Slope: 100}}, suspicion: verdict.Suspicion{Since: time.Unix(1, 0)},
	}
	rises := &followed{
		category: "api", usage: *usageOf(20), goroutines: goroutines.Operation{Count: 4},
		result: verdict.Result{Verdict: verdict.Rising, Evidence: verdict.Evidence{Slope: 7}},
	}
	another := &followed{category: "db", usage: *usageOf(1)}
	tracker := newTracker()
	tracker.followed[key{name: "a"}], tracker.followed[key{name: "b"}], tracker.followed[key{name: "c"}] = suspected, rises, another
	tracker.sumAllocated()
	check := func(want ...Category) {
		t.Helper()
		got, _ := tracker.Categories()
		slices.SortFunc(got, func(a, b Category) int { return strings.Compare(a.Name, b.Name) })
		if !slices.Equal(got, want) {
			t.Errorf("categories %+v, want %+v", got, want)
		}
	}
	check(Category{Name: "api", Live: 30, Allocated: 60, LeakRate: 100, Goroutines: 7}, Category{Name: "db", Live: 1, Allocated: 2})

	// Bytes move: what they were allocated as stays counted where it was.
	rises.usage, another.usage = heapprofile.Usage{}, *usageOf(21)
	tracker.sumAllocated()
	check(Category{Name: "api", Live: 10, Allocated: 60, LeakRate: 100, Goroutines: 7}, Category{Name: "db", Live: 21, Allocated: 42})
}

// Its functions turned out to be another operation's, say: who was told of a leak is
// told that there is none.
func TestASuspicionEndsWithTheLastByteOfItsOperation(t *testing.T) {
	tracker := newTracker()
	tracker.followed[key{name: "leaked by mistake"}] = &followed{
		name: "leaked by mistake", usage: *usageOf(mib), series: verdict.NewSeries(0), suspicion: verdict.Suspicion{Since: time.Unix(1, 0)},
	}
	ended := tracker.Read(memstat.Snapshot{Time: time.Now()}, nowhere).Ended
	if len(ended) != 1 || ended[0].Name != "leaked by mistake" || !ended[0].SuspectedSince.IsZero() || ended[0].Result.Reason == "" {
		t.Errorf("no longer suspected: %+v, want the operation, and why", ended)
	}
	if tracker.followed[key{name: "leaked by mistake"}] != nil {
		t.Error("what holds nothing is followed")
	}
}

func TestASuspicionEndsWhereTheProfileCannotBeReadAnyMore(t *testing.T) {
	tracker := newTracker()
	tracker.Read(memstat.Snapshot{Time: time.Now()}, nowhere)
	tracker.followed[key{name: "leaked before"}] = &followed{
		name: "leaked before", usage: *usageOf(mib), series: verdict.NewSeries(0), suspicion: verdict.Suspicion{Since: time.Unix(1, 0)},
	}
	rate := runtime.MemProfileRate
	defer func() { runtime.MemProfileRate = rate }()
	runtime.MemProfileRate = 2 * rate
	for i, want := range []int{1, 0} {
		ended := tracker.Read(memstat.Snapshot{Time: time.Now()}, nowhere).Ended
		if len(ended) != want || want > 0 && (!ended[0].SuspectedSince.IsZero() || ended[0].Result.Reason == "") {
			t.Errorf("reading %d: no longer suspected %+v, want %d, with the reason", i, ended, want)
		}
	}
}

// Examples are of spans, which code without an operation has none of.
func TestOperationsThatRiseAreNamedTheFastestFirst(t *testing.T) {
	tracker := newTracker()
	follow := func(k key, v verdict.Verdict, slope float64) {
		tracker.followed[k] = &followed{name: k.name, result: verdict.Result{Verdict: v, Evidence: verdict.Evidence{Slope: slope, Steadiness: surelyRises}}}
	}
	follow(key{name: "slow"}, verdict.Growing, 1)
	follow(key{name: "fast"}, verdict.Rising, 3)
	follow(key{name: "b"}, verdict.Rising, 2)
	follow(key{name: "a"}, verdict.Rising, 2)
	follow(key{name: "ended"}, verdict.Plateau, 9)
	follow(key{"main.work", true}, verdict.Growing, 9)
	if rising, _ := tracker.Rising(); !slices.Equal(rising, []string{"fast", "a", "b", "slow"}) {
		t.Errorf("%q rise", rising)
	}
}
