package attribution

import (
	"cmp"
	"slices"
	"time"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/order"
	"github.com/otelmem/otelmem-go/internal/verdict"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

const (
	// leastFollowed is from how many live bytes on a line is followed.
	leastFollowed = 256 << 10
	// maxLines bounds the lines that are followed, about 1 KiB each.
	maxLines = 256
	// sharedBy is how many operations a line must allocate for to have a row of its own:
	// below it, the rows of the operations say it all.
	sharedBy = 3
	// maxLineRows is how many lines a report has at most.
	maxLineRows = 50
)

// lines follows what lines of the application hold, whoever they allocate for: what one
// line leaks for many operations can be too little in each of them.
type lines map[appframe.Site]*followedLine

type followedLine struct {
	followed
	told bool // its suspicion was
}

// add makes a reading of the heap profile a point of each line's series, and judges it.
// Of lines that are new, those that hold most are followed while there is room.
func (l lines) add(usages map[appframe.Site]*heapprofile.Usage, at time.Time, gc int64) {
	var found []*heapprofile.Usage
	for site, f := range l {
		usage := usages[site]
		if usage == nil || usage.Live < leastFollowed && f.suspicion.Since.IsZero() && !f.told {
			delete(l, site)
		}
	}
	for site, usage := range usages {
		if l[site] == nil && usage.Live >= leastFollowed {
			found = append(found, usage)
		}
	}
	slices.SortFunc(found, func(a, b *heapprofile.Usage) int { return cmp.Compare(b.Live, a.Live) })
	for _, usage := range found[:min(len(found), maxLines-len(l))] {
		l[usage.Sites[0].Site] = &followedLine{followed: followed{category: Untagged, series: newSeries()}}
	}
	for site, f := range l {
		f.add(usages[site], report.ByCode, at, gc)
		f.judge(at)
	}
}

// bytes is about how much memory they take.
func (l lines) bytes() (n int64) {
	for _, f := range l {
		n += followedBytes + f.series.Bytes()
	}
	return n
}

// AddLines adds the lines that allocate for several of the report's operations to it, as
// of the last reading: the suspected first, then what holds most.
func (t *Tracker) AddLines(r *report.Report) {
	t.mu.Lock()
	defer t.mu.Unlock()
	allocatesFor := make(map[appframe.Site][]string, len(t.lines))
	for i := range r.Operations {
		for _, s := range r.Operations[i].Sites {
			site := appframe.Site{Function: s.Function, File: s.File, Line: s.Line}
			if t.lines[site] != nil {
				allocatesFor[site] = append(allocatesFor[site], r.Operations[i].Name)
			}
		}
	}
	for site, f := range t.lines {
		if names := allocatesFor[site]; len(names) >= sharedBy {
			r.Lines = append(r.Lines, f.line(names))
		}
	}
	slices.SortFunc(r.Lines, func(a, b report.Line) int {
		return cmp.Or(order.TrueFirst(a.Suspected, b.Suspected), cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Place(), b.Place()))
	})
	r.Lines = r.Lines[:min(len(r.Lines), maxLineRows)]
}

// suspected returns the lines whose suspicion is to be told, and those that were told and
// are suspected no more: each as an operation that bears the line's name. A line is not
// told where it serves few operations, or one that leaks by it is suspected itself.
func (l lines) suspected(operations map[key]*followed) (began, ended []Operation) {
	for site, f := range l {
		suspected := !f.suspicion.Since.IsZero()
		switch {
		case suspected && !f.told && isShared(site, operations):
			f.told = true
			began = append(began, f.asOperation())
		case !suspected && f.told:
			f.told = false
			ended = append(ended, f.asOperation())
		}
	}
	return began, ended
}

// forget drops all of them, and returns those that were told to be suspected.
func (l lines) forget(reason string) (ended []Operation) {
	for _, f := range l {
		if f.told {
			o := f.asOperation()
			o.Result, o.SuspectedSince = verdict.Result{Reason: reason}, time.Time{}
			ended = append(ended, o)
		}
	}
	clear(l)
	return ended
}

// isShared says whether a line allocates for many operations, none of which is suspected
// for it.
func isShared(site appframe.Site, operations map[key]*followed) bool {
	n := 0
	for _, o := range operations {
		for i := range o.usage.Sites {
			if o.usage.Sites[i].Site != site {
				continue
			}
			n++
			if i == 0 && !o.suspicion.Since.IsZero() {
				return false
			}
		}
	}
	return n >= sharedBy
}

func (f *followedLine) asOperation() Operation {
	o, line := f.operation(), f.line(nil)
	o.Name = line.Name()
	return o
}

func (f *followed) line(operations []string) report.Line {
	return report.Line{
		Site: newSites(f.usage.Sites)[0], Allocated: int64(f.usage.Allocated), Operations: operations,
		Verdict: report.Verdict(f.result.Verdict), Evidence: f.result.Reason,
		Suspected: !f.suspicion.Since.IsZero(), SuspectedSince: f.suspicion.Since,
		Rise: NewRise(&f.result), Rate: f.result.Slope,
	}
}
