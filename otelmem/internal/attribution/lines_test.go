package attribution

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/verdict"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

func lineOf(number int) appframe.Site {
	return appframe.Site{Function: "main.f", File: "f.go", Line: number}
}

// usageOn are lines that hold so much.
func usageOn(held map[int]float64) map[appframe.Site]*heapprofile.Usage {
	usages := make(map[appframe.Site]*heapprofile.Usage)
	for number, live := range held {
		site := lineOf(number)
		usages[site] = &heapprofile.Usage{Live: live, Allocated: 2 * live, Sites: []heapprofile.SiteBytes{{Site: site, Live: live}}}
	}
	return usages
}

func (l lines) numbers() (numbers []int) {
	for site := range l {
		numbers = append(numbers, site.Line)
	}
	slices.Sort(numbers)
	return numbers
}

func TestLinesThatHoldMostAreFollowedWithinTheBound(t *testing.T) {
	held := map[int]float64{1: leastFollowed - 1}
	for i := range maxLines + 10 {
		held[10+i] = leastFollowed + float64(i)
	}
	l := make(lines)
	l.add(usageOn(held), time.Unix(1, 0), 1)
	if n := l.numbers(); len(n) != maxLines || n[0] != 20 {
		t.Errorf("%d lines from %d on, want the %d largest", len(n), n[0], maxLines)
	}
	l.add(usageOn(map[int]float64{1: mib, 20: mib, 21: 1}), time.Unix(2, 0), 2)
	if n := l.numbers(); !slices.Equal(n, []int{1, 20}) {
		t.Errorf("lines %v are followed, want what holds something now", n)
	}
}

// No operation holds what is judged, the line that they share does.
func TestALineOfManyOperationsHasARow(t *testing.T) {
	const each = 48 << 10 // a reading
	tracker := newTracker()
	at := time.Unix(1e6, 0)
	var began []string
	reading := 0
	for ; reading < 100 && len(began) == 0; reading++ {
		at = at.Add(5 * time.Second)
		changes := tracker.Add(Reading{Heap: sharedLine(20, each*float64(reading+1), at)}, memstat.Snapshot{Time: at, GCCycles: int64(reading)}, nowhere)
		for _, o := range changes.Began {
			began = append(began, o.Name)
		}
	}
	if !slices.Equal(began, []string{"f.go:7 (main.f)"}) {
		t.Fatalf("%q is suspected, want the line", began)
	}
	r := new(report.Report)
	held, _, _ := tracker.Operations()
	for i := range held {
		o := report.Operation{Name: held[i].Name}
		held[i].Set(&o)
		r.Operations = append(r.Operations, o)
	}
	tracker.AddLines(r)
	if len(r.Lines) != 1 {
		t.Fatalf("lines %+v", r.Lines)
	}
	if l := r.Lines[0]; len(l.Operations) != 20 || l.Bytes != int64(reading)*20*each || l.Rise == nil || !l.Suspected || !l.SuspectedSince.Equal(at) {
		t.Errorf("%+v, want a line of 20 operations that is suspected from now on", l)
	}
	unread := tracker.Add(Reading{HeapErr: heapprofile.ErrNoProfile}, memstat.Snapshot{Time: at}, nowhere).Ended
	if len(unread) != 1 || unread[0].Name != began[0] || !unread[0].SuspectedSince.IsZero() || unread[0].Result.Reason != unreadable || len(tracker.lines) != 0 {
		t.Errorf("no longer suspected: %+v, want the line, since it is not known any more", unread)
	}
}

func TestALineThatLetsGoIsSuspectedNoMore(t *testing.T) {
	tracker := newTracker()
	at := time.Unix(1e6, 0)
	tracker.lines = lines{lineOf(7): {followed: followed{series: newSeries(), suspicion: verdict.Suspicion{Since: at}, usage: *usageOn(map[int]float64{7: 9 * mib})[lineOf(7)]}, told: true}}
	end := tracker.Add(Reading{Heap: sharedLine(20, mib/2, at.Add(5*time.Second))}, memstat.Snapshot{Time: at, GCCycles: 1000}, nowhere).Ended
	if len(end) != 1 || end[0].Name != "f.go:7 (main.f)" {
		t.Errorf("no longer suspected: %+v, want the line, which let go", end)
	}
}

// Who is told of the operation knows the line.
func TestALineIsNotToldBesideAnOperationThatLeaksByIt(t *testing.T) {
	operations := make(map[key]*followed)
	for i := range sharedBy {
		operations[key{name: fmt.Sprint(i)}] = &followed{usage: heapprofile.Usage{Sites: []heapprofile.SiteBytes{{Site: lineOf(7)}}}}
	}
	if !isShared(lineOf(7), operations) || isShared(lineOf(8), operations) {
		t.Error("a line is shared by those that allocate there")
	}
	operations[key{name: "0"}].suspicion.Since = time.Unix(1, 0)
	if isShared(lineOf(7), operations) {
		t.Error("told twice")
	}
	operations[key{name: "0"}].usage.Sites = []heapprofile.SiteBytes{{Site: lineOf(8)}, {Site: lineOf(7)}}
	if !isShared(lineOf(7), operations) {
		t.Error("not told where the operation leaks by another line")
	}
}

// sharedLine is a profile in which each of so many operations holds so much, all by one line.
func sharedLine(operations int, each float64, at time.Time) *heapprofile.Profile {
	p := profileOf(nil)
	p.Time, p.Lines = at, usageOn(map[int]float64{7: float64(operations) * each})
	for i := range operations {
		p.Learned[fmt.Sprintf("operation %d", i)] = usageOn(map[int]float64{7: each})[lineOf(7)]
	}
	return p
}

func TestALineOfTwoOperationsHasNone(t *testing.T) {
	tracker := newTracker()
	tracker.lines = make(lines)
	usages := usageOn(map[int]float64{1: mib})
	tracker.lines.add(usages, time.Unix(1, 0), 1)
	r := new(report.Report)
	for n := range sharedBy {
		tracker.AddLines(r)
		if len(r.Lines) != 0 {
			t.Errorf("%+v of %d operations", r.Lines, n)
		}
		r.Operations = append(r.Operations, report.Operation{Name: fmt.Sprint(n), Sites: []report.Site{{Function: "main.f", File: "f.go", Line: 1}}})
	}
	if tracker.AddLines(r); len(r.Lines) != 1 || !slices.Equal(r.Lines[0].Operations, []string{"0", "1", "2"}) {
		t.Errorf("%+v of %d operations", r.Lines, sharedBy)
	}
}
