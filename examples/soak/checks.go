package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// result is what a run came to.
type result struct {
	samples []sample
	half    time.Duration // the middle of the run

	planted  []string // who leaks
	accused  []string // in the log
	evented  []string // by events at the backend
	disabled []report.DisabledPart

	requests, wrong, spans int64
	outages                int
}

// check is one line of the outcome.
type check struct {
	what, first, second, want string
	holds                     bool
}

// What may grow from the first half of a run to the second. The first minutes fill series
// and examples; the heap profile is a sample.
const (
	ownMayGrow        = 2 * mib
	heapMayGrow       = 8 * mib
	goroutinesMayGrow = 5
	filesMayGrow      = 5
	// mostFiles are profiles with their metadata, one that is being written, the marker,
	// and the log with what was rotated.
	mostFiles = 2*(keptProfiles+1) + 1 + 4
)

// checks are what a run must come to. It is a pure function.
func (r *result) checks() []check {
	size, number := textfmt.Size, func(n int64) string { return fmt.Sprint(n) }
	checks := []check{
		r.flat("own live heap, by the heap profile", func(s *sample) int64 { return s.ownHeap }, true, ownMayGrow, size),
		r.flat("own live heap, as diagnostics say", func(s *sample) int64 { return s.ownSaid }, true, ownMayGrow, size),
		r.flat("live heap of the process", func(s *sample) int64 { return s.heap }, true, heapMayGrow, size),
		r.flat("goroutines", func(s *sample) int64 { return s.goroutines }, true, goroutinesMayGrow, number),
		r.flat("descriptors", func(s *sample) int64 { return s.descriptors }, false, filesMayGrow, number),
		r.bounded("files", func(s *sample) int64 { return s.files }, mostFiles),
	}
	found, missed := r.found(r.accused)
	told, untold := r.found(r.evented)
	checks = append(checks,
		check{"planted leaks in the log", "", found, "all" + of(missed), len(missed) == 0},
		check{"planted leaks at the backend", "", told, "all" + of(untold), len(untold) == 0},
	)
	innocent := slices.Compact(slices.Sorted(slices.Values(slices.Concat(r.innocents(r.accused), r.innocents(r.evented)))))
	checks = append(checks, check{"innocents accused", "", fmt.Sprint(len(innocent)), "none" + of(innocent), len(innocent) == 0})
	var off []string
	for _, part := range r.disabled {
		off = append(off, part.Part+" ("+part.Reason+")")
	}
	return append(checks,
		check{"parts that are off", "", fmt.Sprint(len(off)), "none" + of(off), len(off) == 0},
		check{"requests", "", fmt.Sprint(r.requests), "some", r.requests > 0},
		check{"wrong answers", "", fmt.Sprint(r.wrong), "none", r.wrong == 0},
		check{"outages of the backend", "", fmt.Sprint(r.outages), "some", r.outages > 0},
		check{"spans at the backend", "", fmt.Sprint(r.spans), "some", r.spans > 0},
	)
}

// flat asks that the median of the second half exceeds the first one's by so much at most.
func (r *result) flat(what string, figure func(*sample) int64, quiet bool, mayGrow int64, text func(int64) string) check {
	first, second := r.halves(figure, quiet)
	if len(first) == 0 || len(second) == 0 {
		return check{what, "", "", "samples of both halves", false}
	}
	a, b := median(first), median(second)
	return check{what, text(a), text(b), "at most +" + text(mayGrow), b-a <= mayGrow}
}

// bounded asks that a figure never exceeds a bound.
func (r *result) bounded(what string, figure func(*sample) int64, most int64) check {
	first, second := r.halves(figure, false)
	if len(first) == 0 || len(second) == 0 {
		return check{what, "", "", "samples of both halves", false}
	}
	a, b := slices.Max(first), slices.Max(second)
	return check{what, fmt.Sprint(a), fmt.Sprint(b), fmt.Sprint("at most ", most), max(a, b) <= most}
}

func (r *result) halves(figure func(*sample) int64, quiet bool) (first, second []int64) {
	for i := range r.samples {
		switch s := &r.samples[i]; {
		case quiet && !s.quiet:
		case s.at < r.half:
			first = append(first, figure(s))
		default:
			second = append(second, figure(s))
		}
	}
	return first, second
}

func median(values []int64) int64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// found says how many of the planted leaks are among names, and which are not.
func (r *result) found(names []string) (text string, missed []string) {
	for _, name := range r.planted {
		if !slices.Contains(names, name) {
			missed = append(missed, name)
		}
	}
	return fmt.Sprintf("%d of %d", len(r.planted)-len(missed), len(r.planted)), missed
}

// innocents are the names that were not planted.
func (r *result) innocents(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(r.planted, name) })
}

// of lists names behind what is wanted.
func of(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return ", not " + strings.Join(names, ", ")
}

// failed says which checks do not hold.
func failed(checks []check) error {
	var errs []error
	for _, c := range checks {
		if !c.holds {
			errs = append(errs, fmt.Errorf("%s: %s, then %s, want %s", c.what, c.first, c.second, c.want))
		}
	}
	return errors.Join(errs...)
}
