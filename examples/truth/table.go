package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
)

func (r *result) writeTo(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprint(t, "operation\tholder\ttruth MiB\tdifference MiB\tfair share MiB\theap profile MiB\t\n")
	rows := slices.SortedStableFunc(slices.Values(r.rows), func(a, b row) int { return cmp.Compare(b.truth, a.truth) })
	for _, l := range rows {
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t\n", l.name, l.holder, inMiB(l.truth), inMiB(l.difference), inMiB(l.share), l.profile)
	}
	_, _ = fmt.Fprintf(t, "%s\t\t\t\t\t%s\t\n", tooDeep, r.deep)
	return t.Flush()
}

func (f figure) String() string { return fmt.Sprintf("%s ± %s", inMiB(f.live), inMiB(f.err)) }

func inMiB(bytes int64) string { return fmt.Sprintf("%.1f", float64(bytes)/mib) }

// first is the operation that a method ranks first.
func (r *result) first(method func(row) int64) string {
	return slices.MaxFunc(r.rows, func(a, b row) int { return cmp.Compare(method(a), method(b)) }).name
}

func byTruth(l row) int64      { return l.truth }
func byDifference(l row) int64 { return l.difference }
func byShare(l row) int64      { return l.share }
func byProfile(l row) int64    { return l.profile.live }

// total is what all operations retain.
func (r *result) total() (sum int64) {
	for _, l := range r.rows {
		sum += l.truth
	}
	return sum
}

// score adds up over runs.
type score struct {
	runs, difference, share, profile int
	// large is the leaks of 64 MiB or more; beyond3 those whose figure is more than
	// three standard errors off, beyond15 more than 15 %.
	large, beyond3, beyond15 int
	// worst is the largest error of those, as a part of the truth; sigmas in
	// standard errors.
	worst, sigmas float64
	// innocent is the most that an operation without a leak showed, as a part of
	// all that was retained.
	innocent float64
}

func (s *score) add(r *result) {
	s.runs++
	truth := r.first(byTruth)
	for _, m := range []struct {
		count *int
		name  string
	}{{&s.difference, r.first(byDifference)}, {&s.share, r.first(byShare)}, {&s.profile, r.first(byProfile)}} {
		if m.name == truth {
			*m.count++
		}
	}
	for _, l := range r.rows {
		if l.truth == 0 {
			s.innocent = max(s.innocent, float64(l.profile.live)/float64(r.total()))
		}
		if l.truth < 64*mib {
			continue
		}
		s.large++
		off := math.Abs(float64(l.profile.live - l.truth))
		sigmas := math.Inf(1) // where there is no sample at all
		if l.profile.err > 0 {
			sigmas = off / float64(l.profile.err)
		}
		s.sigmas, s.worst = max(s.sigmas, sigmas), max(s.worst, off/float64(l.truth))
		if sigmas > 3 {
			s.beyond3++
		}
		if off > 0.15*float64(l.truth) {
			s.beyond15++
		}
	}
}

func (s *score) writeTo(w io.Writer) {
	_, _ = fmt.Fprintf(w, "true leaker first: difference %d, fair share %d, heap profile %d of %d runs\n",
		s.difference, s.share, s.profile, s.runs)
	_, _ = fmt.Fprintf(w, "leaks of 64 MiB and more: %d; beyond 3 standard errors %d, beyond 15 %% %d; worst %.1f standard errors, %.1f %%\n",
		s.large, s.beyond3, s.beyond15, s.sigmas, 100*s.worst)
	_, _ = fmt.Fprintf(w, "most that an operation without a leak showed: %.2f %% of all that was retained\n", 100*s.innocent)
}
