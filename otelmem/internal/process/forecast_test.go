package process

import (
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

const mb = textfmt.MiB

// forecastOf is a forecast after readings that are some seconds apart, and the last of
// them.
func forecastOf(readings int, apart time.Duration, at func(i int64) memstat.Snapshot) (*Forecast, memstat.Snapshot) {
	var f Forecast
	var last memstat.Snapshot
	for i := range readings {
		last = at(int64(i))
		last.Time = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * apart)
		f.Add(last)
	}
	return &f, last
}

func TestTheLimitIsForeseenWhereWhatNoCollectionFreesApproachesIt(t *testing.T) {
	live := func(i int64) memstat.Snapshot { return memstat.Snapshot{RSS: 100*mb + i*mb, Live: 50*mb + i*mb} }
	garbage := func(i int64) memstat.Snapshot { return memstat.Snapshot{RSS: 100*mb + i*mb, Live: 50 * mb} }
	outside := func(i int64) memstat.Snapshot { return memstat.Snapshot{RSS: 100*mb + i*mb, External: i * mb} }
	stacks := func(i int64) memstat.Snapshot { return memstat.Snapshot{RSS: 100*mb + i*mb, Stacks: i * mb} }
	hidden := func(i int64) memstat.Snapshot { return memstat.Snapshot{RSS: 100 * mb, Live: i * mb} }
	cgroup, runtime := memstat.SourceCgroup, memstat.SourceRuntime
	for name, test := range map[string]struct {
		at       func(int64) memstat.Snapshot
		readings int
		apart    time.Duration
		source   string
		limit    int64   // in MiB
		seconds  float64 // to the limit; negative: not foreseen
	}{
		"live heap grows":                            {live, 11, 10 * time.Second, cgroup, 140, 300},
		"stacks grow":                                {stacks, 11, 10 * time.Second, cgroup, 140, 300},
		"memory outside Go grows":                    {outside, 11, 10 * time.Second, cgroup, 140, 300},
		"only garbage grows":                         {garbage, 11, 10 * time.Second, cgroup, 140, -1},
		"live heap grows within the resident set":    {hidden, 11, 10 * time.Second, cgroup, 140, 400},
		"the runtime's limit counts Go's alone":      {live, 11, 10 * time.Second, runtime, 95, 350},
		"memory outside Go is none of that limit":    {outside, 11, 10 * time.Second, runtime, 95, -1},
		"garbage fills the heap up to it by design":  {garbage, 11, 10 * time.Second, runtime, 95, -1},
		"too few readings":                           {live, forecastAfter - 1, 10 * time.Second, cgroup, 110, -1},
		"as few readings as it takes":                {live, forecastAfter, 10 * time.Second, cgroup, 125, 200},
		"enough readings, too soon after each other": {live, 11, 2 * time.Second, cgroup, 140, -1},
		"further than it can be followed":            {live, 11, 10 * time.Second, cgroup, 151, -1},
		"as far, after a while":                      {live, 12, 10 * time.Second, cgroup, 151, 400},
		"growth that began before the trend":         {live, 2*forecastPoints + 1, 10 * time.Second, cgroup, 400, 2400},
		"no limit":                                   {live, 11, 10 * time.Second, "", 0, -1},
	} {
		t.Run(name, func(t *testing.T) {
			f, last := forecastOf(test.readings, test.apart, test.at)
			left, ok := f.TimeToLimit(last, memstat.Limit{Bytes: test.limit * mb, Source: test.source})
			if ok != (test.seconds >= 0) || !ok && left != 0 || ok && (left.Seconds() < test.seconds-1 || left.Seconds() > test.seconds+1) {
				t.Errorf("%v, %t, want %v s", left, ok, test.seconds)
			}
		})
	}
}

func TestTheTrendIsThatOfTheLastReadings(t *testing.T) {
	f, _ := forecastOf(2*forecastPoints, time.Second, func(i int64) memstat.Snapshot {
		return memstat.Snapshot{RSS: max(0, i-forecastPoints) * mb} // flat for as long as the trend looks back
	})
	if rate := f.Rate(); rate != float64(mb) {
		t.Errorf("%v bytes a second, want %d", rate, mb)
	}
	if n := len(f.series); n != forecastPoints {
		t.Errorf("%d readings are kept, want %d", n, forecastPoints)
	}
}
