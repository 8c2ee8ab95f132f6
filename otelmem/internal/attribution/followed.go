package attribution

import (
	"time"

	"github.com/otelmem/otelmem-go/internal/goroutines"
	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/verdict"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// judgedFrom is what an operation must hold to be judged, in bytes: less is no leak
// that matters yet, and the judgement is what costs.
const judgedFrom = 1 << 20

// stayed is the share of what was allocated so far below which bytes have moved to
// another operation. Less is rounding: the records and the full profile of the runtime
// state the same bytes a little differently.
const stayed = 0.9

// followed is an operation, a function or a line whose live bytes are followed.
type followed struct {
	name, category string
	by             report.Attribution
	usage          heapprofile.Usage
	goroutines     goroutines.Operation
	series         *verdict.Series
	result         verdict.Result
	suspicion      verdict.Suspicion
}

// add takes in what a reading of the heap profile says.
func (f *followed) add(usage *heapprofile.Usage, by report.Attribution, at time.Time, gc int64) {
	if usage.Allocated < stayed*f.usage.Allocated {
		// What was allocated so far falls only where bytes were moved to another
		// operation: the points so far say nothing about those to come.
		f.series = newSeries()
	}
	f.usage, f.by = *usage, by
	if f.isJudged() {
		f.series.Grow(verdict.DefaultCapacity)
	}
	f.series.Add(verdict.Point{Time: at, Live: usage.Live, Error: usage.Error, Allocated: usage.Allocated, GC: uint32(gc)})
}

// forget drops what the heap profile said. It says whether that ends a suspicion, of
// which reason is the end in words.
func (f *followed) forget(reason string) (ended bool) {
	_, ended = f.suspicion.Follow("", time.Time{})
	f.usage, f.result, f.series = heapprofile.Usage{}, verdict.Result{Reason: reason}, newSeries()
	return ended
}

// newSeries is for what holds little so far: most operations always do, and a thousand
// long series would be the most of what diagnostics hold.
func newSeries() *verdict.Series { return verdict.NewSeries(verdict.LeastCapacity) }

// isJudged says whether enough is held, or was allocated, to be judged. Once it is,
// it stays so.
func (f *followed) isJudged() bool {
	return f.result.Verdict != "" || f.usage.Live >= judgedFrom || f.usage.Allocated >= 16*judgedFrom
}

// judge judges the series after a reading. It says whether the operation is newly
// suspected, or no longer is.
func (f *followed) judge(now time.Time) (began, ended bool) {
	if !f.isJudged() {
		return false, false
	}
	f.result = f.series.Judge(verdict.Rules{})
	return f.suspicion.Follow(f.result.Verdict, now)
}

// surelyRises is the steadiness from which on a rise is hardly that of garbage that a
// collection happened to find alive.
const surelyRises = 2

// rises says that live bytes rise for certain, whether as a leak does or not.
func (f *followed) rises() bool {
	return f.result.Verdict == verdict.Growing || f.result.Verdict == verdict.Rising && f.result.Steadiness >= surelyRises
}

// Operation is what is known of an operation, or of a function where no operation
// is.
type Operation struct {
	Name, Category string
	By             report.Attribution
	Usage          heapprofile.Usage
	Goroutines     goroutines.Operation
	Result         verdict.Result // its Verdict is empty where too little is held to be judged
	// SuspectedSince is when the operation was first suspected; zero unless it is.
	SuspectedSince time.Time
	// History is some dozens of points, the oldest first; none where it never held
	// anything. AllocatedRate is in bytes a second, of late.
	History       []report.OperationPoint
	AllocatedRate float64
}

func (f *followed) operation() Operation {
	points := f.series.Points()
	return Operation{
		Name: f.name, Category: f.category, By: f.by, Usage: f.usage, Goroutines: f.goroutines,
		Result: f.result, SuspectedSince: f.suspicion.Since, History: history(points), AllocatedRate: allocatedRate(points),
	}
}
