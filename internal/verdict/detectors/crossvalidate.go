package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/internal/verdict"
)

const (
	// inTime is within how many seconds a leak is to be accused.
	inTime = 180
	// worth is how many leaks that wait weigh as much as an innocent accused.
	worth = 3
)

// candidates are the thresholds to choose from, the most patient last.
func candidates() []verdict.Rules {
	var all []verdict.Rules
	for _, patience := range []time.Duration{30, 45, 60, 90} {
		for _, mib := range []float64{8, 16, 32, 48} {
			all = append(all, verdict.Rules{Patience: patience * time.Second, Accused: mib * (1 << 20)})
		}
	}
	slices.SortStableFunc(all, func(a, b verdict.Rules) int {
		return cmp.Compare(a.Patience.Seconds()*a.Accused, b.Patience.Seconds()*b.Accused)
	})
	return all
}

// result is what thresholds made of some recordings.
type result struct{ leaks, found, innocents int }

func (r *result) add(recording recording, o outcome) {
	r.innocents += len(o.blamed)
	if leaking(recording, heap) {
		r.leaks++
		r.found += count(o.toAccuse <= inTime)
	}
}

func (r result) score() int { return r.found - worth*r.innocents }

// crossValidate chooses the thresholds of the judge for each program by the
// recordings of all others, and says what they make of that program.
func crossValidate(out io.Writer, recordings []recording) {
	rules := candidates()
	outcomes := make([][]outcome, len(rules)) // by rules and recording
	var judging sync.WaitGroup
	for i, r := range rules {
		judging.Go(func() {
			for _, recording := range recordings {
				outcomes[i] = append(outcomes[i], judge(recording, chosen(r), heap))
			}
		})
	}
	judging.Wait()
	// split is what rules i made of a program, and of all others.
	split := func(i int, program string) (held, others result) {
		for j, r := range recordings {
			if r.program == program {
				held.add(r, outcomes[i][j])
			} else {
				others.add(r, outcomes[i][j])
			}
		}
		return held, others
	}
	var programs []string
	for _, r := range recordings {
		if !slices.Contains(programs, r.program) {
			programs = append(programs, r.program)
		}
	}
	fmt.Fprintln(out, "| Program held back | Patience chosen | Growth chosen | Its leaks accused in time | Its innocents accused |")
	fmt.Fprintln(out, "|---|---|---|---|---|")
	var all result
	for _, program := range programs {
		best, most := 0, result{innocents: 1000}
		for i := range rules {
			if _, others := split(i, program); others.score() >= most.score() { // the most patient of equals
				best, most = i, others
			}
		}
		held, _ := split(best, program)
		all = result{all.leaks + held.leaks, all.found + held.found, all.innocents + held.innocents}
		fmt.Fprintf(out, "| %s | %v | %.0f MiB | %d of %d | %d |\n", program, rules[best].Patience, rules[best].Accused/(1<<20), held.found, held.leaks, held.innocents)
	}
	fmt.Fprintf(out, "| **all** | | | %d of %d | %d |\n", all.found, all.leaks, all.innocents)
}
