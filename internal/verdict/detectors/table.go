package main

import (
	"fmt"
	"io"
	"slices"
)

// total is what a detector made of all recordings.
type total struct {
	// leaks and quiet are the recordings with and without a leak of the kind.
	leaks, quiet                      int
	named, accused, innocents, misled [len(checkpoints)]int
	toName, toAccuse                  []float64
	withdrawn                         int
	blamed                            []string
}

func sum(recordings []recording, k kind, d detector) total {
	var t total
	for _, r := range recordings {
		o := judge(r, d, k)
		t.blamed = append(t.blamed, o.blamed...)
		leaks := leaking(r, k)
		for c := range checkpoints {
			t.innocents[c] += o.innocents[c]
			t.named[c] += count(leaks && o.named[c])
			t.accused[c] += count(leaks && o.accused[c])
			t.misled[c] += count(!leaks && o.misled[c])
		}
		if !leaks {
			t.quiet++
			continue
		}
		t.leaks++
		t.withdrawn += count(o.withdrawn)
		t.toName, t.toAccuse = append(t.toName, o.toName), append(t.toAccuse, o.toAccuse)
	}
	slices.Sort(t.toName)
	slices.Sort(t.toAccuse)
	return t
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// median is of seconds.
func median(sorted []float64) string {
	if m := sorted[(len(sorted)-1)/2]; m < never {
		return fmt.Sprintf("%.0f s", m)
	}
	return "never"
}

// compare prints a table for each kind of row.
func compare(out io.Writer, recordings []recording, detectors []detector) {
	for _, k := range []kind{heap, goroutines, outside} {
		totals := make([]total, len(detectors))
		for i, d := range detectors {
			totals[i] = sum(recordings, k, d)
		}
		fmt.Fprintf(out, "\n## By %s: %d recordings with a leak, %d without\n\n", k, totals[0].leaks, totals[0].quiet)
		fmt.Fprintln(out, "| Detector | Leak named first | Leak accused | Innocents accused so far | Innocent named first, without a leak | Median time to name | to accuse | Last accused | Taken back |")
		fmt.Fprintln(out, "|---|---|---|---|---|---|---|---|---|")
		for i, d := range detectors {
			t := totals[i]
			last := "never"
			if seconds := t.toAccuse[len(t.toAccuse)-1]; seconds < never {
				last = fmt.Sprintf("%.0f s", seconds)
			}
			fmt.Fprintf(out, "| %s | %s | %s | %s | %s | %s | %s | %s | %d |\n", d.name,
				list(t.named), list(t.accused), list(t.innocents), list(t.misled), median(t.toName), median(t.toAccuse), last, t.withdrawn)
		}
	}
}

func list(counts [len(checkpoints)]int) string {
	s := fmt.Sprint(counts)
	return s[1 : len(s)-1]
}
