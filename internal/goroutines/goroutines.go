// Package goroutines counts this process's goroutines by the operation that started
// them, with the lines where they are blocked.
//
// The operation is the pprof label that otelmem.Do, Go and Handler set, which
// goroutines inherit. Reading stops the world for a moment and takes time in
// proportion to the number of goroutines (BenchmarkRead): call it once per report.
package goroutines

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/heaptag"
)

const (
	// MaxRead is up to how many goroutines a process may have for [Read] to be called:
	// reading 10,000 takes 14 ms (BenchmarkRead), and the world stands still for a
	// part of it.
	MaxRead = 100_000
	// maxSites is the number of sites kept per group.
	maxSites = 3
	// maxLine bounds a line of the profile's text, in bytes: labels are the longest.
	maxLine = 1 << 20
)

// Group is the goroutines of one operation.
type Group struct {
	Operation string // "" for goroutines of no operation
	Count     int
	// Sites are where most of them are: the application's lines nearest to where they
	// are blocked, the most frequent first, at most 3.
	Sites []Site
}

// Site is a line of code and how many goroutines are there.
type Site struct {
	Function string
	Line     string // file:line
	Count    int
}

// Read returns all groups, the largest first. It is safe for concurrent use.
func Read() ([]Group, error) {
	var text bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&text, 1); err != nil {
		return nil, fmt.Errorf("read the goroutine profile: %w", err)
	}
	return parse(&text)
}

// stack is one paragraph of the profile's text:
//
//	3 @ 0x46d72e 0x4055d1
//	# labels: {"operation":"GET /api/records"}
//	#	0x4055d0	main.work+0x50	/src/main.go:12
type stack struct {
	count     int
	operation string
	site      Site
}

func parse(text *bytes.Buffer) ([]Group, error) {
	sums := make(map[string]map[Site]int)
	add := func(s stack) {
		if s.count == 0 {
			return
		}
		if sums[s.operation] == nil {
			sums[s.operation] = make(map[Site]int)
		}
		sums[s.operation][s.site] += s.count
	}
	var current stack
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		line := lines.Text()
		if labels, ok := strings.CutPrefix(line, "# labels: "); ok {
			current.operation = operationIn(labels)
			continue
		}
		if frame, ok := strings.CutPrefix(line, "#\t"); ok {
			if current.site.Function == "" {
				current.site = siteIn(frame)
			}
			continue
		}
		if count, _, ok := strings.Cut(line, " @ "); ok {
			add(current)
			n, err := strconv.Atoi(count)
			if err != nil {
				return nil, fmt.Errorf("read the goroutine profile: %q: want a count", line)
			}
			current = stack{count: n}
		}
	}
	add(current)
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the goroutine profile: %w", err)
	}
	return groupsOf(sums), nil
}

// groupsOf sorts what was counted by operation and site.
func groupsOf(sums map[string]map[Site]int) []Group {
	var groups []Group
	for operation, sites := range sums {
		g := Group{Operation: operation}
		for site, n := range sites {
			g.Count += n
			if site.Function != "" {
				site.Count = n
				g.Sites = append(g.Sites, site)
			}
		}
		slices.SortFunc(g.Sites, func(a, b Site) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Line, b.Line)) })
		g.Sites = g.Sites[:min(len(g.Sites), maxSites)]
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Operation, b.Operation))
	})
	return groups
}

func operationIn(labels string) string {
	var all map[string]string
	if json.Unmarshal([]byte(labels), &all) != nil {
		return ""
	}
	return all[heaptag.OperationLabel]
}

// siteIn returns the line of a frame; the zero Site where it is not the
// application's.
func siteIn(frame string) Site {
	fields := strings.Split(frame, "\t")
	if len(fields) < 3 {
		return Site{}
	}
	function := fields[1]
	if i := strings.LastIndex(function, "+0x"); i >= 0 {
		function = function[:i]
	}
	if !appframe.MayBegin(function) {
		return Site{}
	}
	return Site{Function: function, Line: fields[2]}
}
