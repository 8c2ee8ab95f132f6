package attribution

import (
	"github.com/otelmem/otelmem-go/internal/goroutines"
	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/verdict"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

const (
	// episodeEnds is after how many readings without growth an episode is over: a
	// leak that pauses is still the same one.
	episodeEnds = 10
	// judgedFrom is what an operation must hold to be judged, in bytes: less is no
	// leak that matters yet, and the judgement is what costs.
	judgedFrom = 1 << 20
)

// followed is an operation, or a function, whose live bytes are followed.
type followed struct {
	name, category string
	by             report.Attribution
	usage          heapprofile.Usage
	goroutines     goroutines.Group
	series         *verdict.Series
	result         verdict.Result
	// grewBefore says that the verdict before was growing too: one alone can be
	// an accident.
	grewBefore bool
	reported   bool // the event of this episode is out
	quiet      int  // readings in a row that were not growing
}

// judge judges the series after a reading. It says whether that begins an episode,
// for which an event is due.
func (f *followed) judge() (newlySuspected bool) {
	f.grewBefore = f.result.Verdict == verdict.Growing
	f.result = verdict.Result{Verdict: verdict.NotEnoughData}
	if f.usage.Live >= judgedFrom || f.usage.Allocated >= 16*judgedFrom {
		f.result = f.series.Judge(verdict.Rules{})
	}
	if f.quiet++; f.result.Verdict == verdict.Growing {
		f.quiet = 0
	}
	f.reported = f.reported && f.quiet < episodeEnds
	if !f.suspected() || f.reported {
		return false
	}
	f.reported = true
	return true
}

// suspected says that the operation leaks, as far as one can know.
func (f *followed) suspected() bool { return f.result.Verdict == verdict.Growing && f.grewBefore }

// Operation is what is known of an operation, or of a function where no operation
// is.
type Operation struct {
	Name, Category string
	By             report.Attribution
	Usage          heapprofile.Usage
	Goroutines     goroutines.Group
	Result         verdict.Result
	Suspected      bool
	// History is some dozens of points, the oldest first; none where it never held
	// anything. AllocatedRate is in bytes a second, of late.
	History       []report.OperationPoint
	AllocatedRate float64
}

func (f *followed) operation() Operation {
	points := f.series.Points()
	return Operation{
		Name: f.name, Category: f.category, By: f.by, Usage: f.usage, Goroutines: f.goroutines,
		Result: f.result, Suspected: f.suspected(), History: history(points), AllocatedRate: allocatedRate(points),
	}
}
