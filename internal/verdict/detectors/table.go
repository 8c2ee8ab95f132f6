package main

import (
	"fmt"
	"io"
	"slices"
)

// total is what a detector made of all recordings.
type total struct {
	leaks                     int // recordings with a leak
	named, accused, innocents [len(checkpoints)]int
	toName, toAccuse          []float64
	withdrawn                 int
	blamed                    []string
}

func sum(recordings []recording, k kind, d detector) total {
	var t total
	for _, r := range recordings {
		o := judge(r, d, k)
		t.blamed = append(t.blamed, o.blamed...)
		for c := range checkpoints {
			t.innocents[c] += o.innocents[c]
		}
		if !leaking(r, k) {
			continue
		}
		t.leaks++
		for c := range checkpoints {
			t.named[c] += count(o.named[c])
			t.accused[c] += count(o.accused[c])
		}
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

func median(sorted []float64) string {
	if m := sorted[(len(sorted)-1)/2]; m < never {
		return fmt.Sprintf("%.0f s", m)
	}
	return "never"
}

// write prints a table for each kind of row.
func write(out io.Writer, recordings []recording, detectors []detector) {
	for _, k := range []kind{heap, goroutines, outside} {
		fmt.Fprintf(out, "\n## By %s\n\n", k)
		fmt.Fprintln(out, "| Detector | Leaks | Named first after 15, 30, 45, 60, 78 s | Accused | Innocents accused so far | Median time to name | to accuse | Accusations taken back |")
		fmt.Fprintln(out, "|---|---|---|---|---|---|---|---|")
		for _, d := range detectors {
			t := sum(recordings, k, d)
			fmt.Fprintf(out, "| %s | %d | %s | %s | %s | %s | %s | %d |\n", d.name, t.leaks,
				list(t.named), list(t.accused), list(t.innocents), median(t.toName), median(t.toAccuse), t.withdrawn)
		}
	}
}

func list(counts [len(checkpoints)]int) string {
	s := fmt.Sprint(counts)
	return s[1 : len(s)-1]
}
