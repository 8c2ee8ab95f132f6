package main

import (
	"math"

	"github.com/otelmem/otelmem-go/internal/stats"
	"github.com/otelmem/otelmem-go/internal/verdict"
)

// detector is one way to judge a row, reading by reading.
type detector struct {
	name   string
	follow func(recording, row) follower
}

// follower judges one row after each of its readings.
type follower func(verdict.Point) opinion

// opinion is what a detector says of a row after a reading.
type opinion struct {
	// rises is by how much the detector ranks the row among those that rise;
	// 0 if the row does not.
	rises float64
	// accused says that the detector takes the row for a leak.
	accused bool
}

// former is the judge of commit a4c3219, which accused what was growing in two
// reports in a row, and named the largest of the accused, else the largest of
// all. What it said of each reading was recorded.
func former(before map[string]map[string]string) detector {
	return detector{"judge before", func(r recording, row row) follower {
		accusations := before[r.name][row.kind.String()+" "+row.name]
		return func(p verdict.Point) opinion {
			o := opinion{rises: p.Live, accused: accusations[0] == '1'}
			accusations = accusations[1:]
			if o.accused {
				o.rises += 1e15
			}
			return o
		}
	}}
}

// fewGoroutines is the growth of a number of goroutines that is no news.
const fewGoroutines = 20

// roseMost takes the row whose live bytes rose most, by Theil-Sen, by more than
// 2 MB and one standard error; it accuses what did so for a number of seconds.
func roseMost(bytes, seconds float64) detector {
	return detector{"rose most", func(_ recording, row row) follower {
		var points []verdict.Point
		least := bytes
		if row.kind == goroutines {
			least = fewGoroutines
		}
		return func(p verdict.Point) opinion {
			points = add(points, p)
			times, values := columns(points)
			rise := stats.TheilSen(times, values).Slope * times[len(times)-1]
			if rise <= max(least, p.Error) {
				return opinion{}
			}
			return opinion{rises: rise, accused: times[len(times)-1] >= seconds}
		}
	}}
}

// oldBytes accuses by the bytes that are older than a third of the time watched
// for certain.
func oldBytes(least, seconds float64) detector {
	return detector{"old bytes", func(_ recording, row row) follower {
		var points []verdict.Point
		return func(p verdict.Point) opinion {
			points = add(points, p)
			first, then := points[0], points[0]
			for _, q := range points {
				if 3*p.Time.Sub(q.Time) >= p.Time.Sub(first.Time) {
					then = q
				}
			}
			old := math.Max(0, p.Live-(p.Allocated-then.Allocated)) - first.Live
			if row.kind != heap || old <= max(least, p.Error) {
				return opinion{}
			}
			return opinion{rises: old, accused: p.Time.Sub(first.Time).Seconds() >= seconds}
		}
	}}
}

// add appends a reading, unless it shows the same collection as the last.
func add(points []verdict.Point, p verdict.Point) []verdict.Point {
	if n := len(points); n > 0 && p.GC != 0 && p.GC == points[n-1].GC {
		return points
	}
	return append(points, p)
}

func columns(points []verdict.Point) (times, values []float64) {
	for _, p := range points {
		times = append(times, p.Time.Sub(points[0].Time).Seconds())
		values = append(values, p.Live)
	}
	return times, values
}

// chosen is the judge of this module.
func chosen(rules verdict.Rules) detector {
	return detector{"judge", func(_ recording, row row) follower {
		rules := rules
		if row.kind == goroutines {
			rules = verdict.CountRules()
		}
		series := verdict.NewSeries(0)
		return func(p verdict.Point) opinion {
			series.Add(p)
			r := series.Judge(rules)
			o := opinion{accused: r.Verdict == verdict.Growing}
			if o.accused || r.Verdict == verdict.Rising {
				o.rises = r.Growth * (1 - 1/max(1, r.Steadiness))
			}
			return o
		}
	}}
}
