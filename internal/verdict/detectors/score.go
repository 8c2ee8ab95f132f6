package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/internal/verdict"
)

// checkpoints are the seconds since a leak began (or, where there is none, since
// the start) after which the recordings are looked at.
var checkpoints = [...]float64{15, 30, 45, 60, 78}

// outcome is what a detector made of the rows of one kind in a recording.
type outcome struct {
	// named and accused say at each checkpoint whether the row that rises
	// most leaks, and whether one that leaks is accused.
	named, accused [len(checkpoints)]bool
	// innocents are the rows that were accused so far and do not leak, misled
	// says that one of them is said to rise the most.
	innocents [len(checkpoints)]int
	misled    [len(checkpoints)]bool
	blamed    []string
	// toName and toAccuse are seconds since the leak began; never if it was
	// not.
	toName, toAccuse float64
	// withdrawn says that no accusation stood any more while the leak went on.
	withdrawn bool
}

// reading is what a recording has of one time: points by the number of the row.
type reading struct {
	seconds float64
	points  map[int]verdict.Point
}

// readings are those of rows, in the order of time.
func readings(rows []row) []reading {
	byTime := make(map[time.Time]map[int]verdict.Point)
	for i, row := range rows {
		for _, p := range row.points {
			if byTime[p.Time] == nil {
				byTime[p.Time] = make(map[int]verdict.Point)
			}
			byTime[p.Time][i] = p
		}
	}
	var all []reading
	for t, points := range byTime {
		all = append(all, reading{t.Sub(start).Seconds(), points})
	}
	slices.SortFunc(all, func(a, b reading) int { return cmp.Compare(a.seconds, b.seconds) })
	return all
}

// judge lets a detector judge the rows of one kind in a recording.
func judge(r recording, d detector, k kind) outcome {
	o := outcome{toName: never, toAccuse: never}
	var rows []row
	var followers []follower
	begin := never
	for _, row := range r.rows {
		if row.kind == k {
			rows, followers = append(rows, row), append(followers, d.follow(r, row))
			begin = min(begin, row.leaks)
		}
	}
	if begin == never {
		begin = 0
	}
	opinions, blamed := make([]opinion, len(rows)), make([]bool, len(rows))
	for _, now := range readings(rows) {
		for i, p := range now.points {
			opinions[i] = followers[i](p)
		}
		named, accused, most, misled := never, never, 0.0, false
		for i, row := range rows {
			since := never
			if now.seconds >= row.leaks {
				since = now.seconds - row.leaks
			}
			if row.name != libraries && opinions[i].rises > most {
				most, named, misled = opinions[i].rises, since, since == never && !row.unclear
			}
			switch {
			case !opinions[i].accused:
			case since < never:
				accused = since
			case !row.unclear && !blamed[i]:
				blamed[i] = true
				o.blamed = append(o.blamed, fmt.Sprintf("%s: %s after %.0f s", r.name, short(row.name), now.seconds))
			}
		}
		o.toName, o.toAccuse = min(o.toName, named), min(o.toAccuse, accused)
		o.withdrawn = o.withdrawn || o.toAccuse < never && accused == never
		for c, seconds := range checkpoints {
			if now.seconds-begin <= seconds+1 {
				o.named[c], o.accused[c], o.innocents[c], o.misled[c] = named < never, accused < never, len(o.blamed), misled
			}
		}
	}
	return o
}

// leaking says whether a recording has a leak of a kind.
func leaking(r recording, k kind) bool {
	return slices.ContainsFunc(r.rows, func(row row) bool { return row.kind == k && row.leaks < never })
}

// short is a function without the path of its package.
func short(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
