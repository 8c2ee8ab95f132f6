package verdict

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// sample is what one sample of the heap profile stands for, in bytes.
const sample = 512 << 10

// sampled is a point of so many live and allocated samples.
func sampled(minute, live, allocated int) Point {
	return Point{
		Time: start.Add(time.Duration(minute) * time.Minute), GC: uint32(minute + 1),
		Live: float64(live) * sample, Error: math.Sqrt(float64(live)) * sample, Allocated: float64(allocated) * sample,
	}
}

// poisson is how many samples a process of mean ones has.
func poisson(r *rand.Rand, mean float64) int {
	n, p := 0, r.Float64()
	for end := math.Exp(-mean); p >= end; n++ {
		p *= r.Float64()
	}
	return n
}

// A steady leak, seen through the heap profile's samples, a reading a minute.
func TestASteadyLeakStaysAccused(t *testing.T) {
	t.Parallel()
	const runs, readings = 200, 60
	for _, test := range []struct {
		mean   float64 // samples a reading
		within float64 // readings until it is accused, on average
	}{
		{1, 50}, {4, 25}, {16, 10}, {64, 7.5},
	} {
		sum, withdrawn := 0, 0
		for run := range runs {
			r := rand.New(rand.NewPCG(uint64(run), 7))
			s := NewSeries(0)
			samples, first, back := 0, 0, false
			for i := range readings {
				samples += poisson(r, test.mean)
				s.Add(sampled(i, samples, samples))
				grows := s.Judge(Rules{}).Verdict == Growing
				if grows && first == 0 {
					first = i + 1
				}
				back = back || first > 0 && !grows
			}
			if first == 0 {
				t.Errorf("%v samples a reading: run %d: not accused in %d readings", test.mean, run, readings)
			}
			sum += first
			if back {
				withdrawn++
			}
		}
		mean := float64(sum) / runs
		t.Logf("%v samples a reading: accused after %.1f readings, taken back in %d of %d runs", test.mean, mean, withdrawn, runs)
		if mean > test.within || withdrawn > 0 {
			t.Errorf("%v samples a reading: accused after %.1f readings, taken back in %d runs, want %v and none", test.mean, mean, withdrawn, test.within)
		}
	}
}

// A cache that fills evenly cannot be told from a leak while it does. It must not
// be accused for long after.
func TestACacheIsNotAccusedForLongAfterItFilled(t *testing.T) {
	t.Parallel()
	const runs, readings = 100, 50
	for _, test := range []struct {
		fill           int     // readings
		megabytes      float64 // a reading
		accused        int     // of runs, at most
		churns         bool    // it goes on allocating
		median, longer int     // readings that accuse after it filled: half of the runs, and at most
	}{
		{10, 1, 0, false, 0, 0},
		{30, 1, runs / 4, false, 2, 6},
		{6, 6, 0, false, 0, 0},
		{10, 6, runs / 4, false, 2, 6},
		{30, 6, runs, false, 2, 6},
		{30, 6, runs, true, 2, 5},
	} {
		accused := 0
		var after []int
		for run := range runs {
			r := rand.New(rand.NewPCG(uint64(run), uint64(test.fill)))
			s := NewSeries(0)
			live, allocated, while, n := 0.0, 0.0, false, 0
			for i := range readings {
				step := test.megabytes * (0.5 + r.ExpFloat64()/2) * mib
				if i < test.fill {
					live += step
				}
				if i < test.fill || test.churns {
					allocated += 2 * step
				}
				s.Add(Point{
					Time: start.Add(time.Duration(i) * time.Minute), GC: uint32(i + 1),
					Live: live, Error: math.Sqrt(live * mib / 8), Allocated: allocated,
				})
				if s.Judge(Rules{}).Verdict == Growing {
					while = true
					if i >= test.fill {
						n++
					}
				}
			}
			if while {
				accused++
				after = append(after, n)
			}
		}
		median, longest := 0, 0
		if slices.Sort(after); accused > 0 {
			median, longest = after[accused/2], after[accused-1]
		}
		t.Logf("fills for %d readings by %v MB: accused in %d of %d runs, then for %d readings in half of them, at most %d", test.fill, test.megabytes, accused, runs, median, longest)
		if accused > test.accused || median > test.median || longest > test.longer {
			t.Errorf("fills for %d readings by %v MB: accused in %d runs, then for %d readings in half of them, at most %d; want at most %d, %d and %d",
				test.fill, test.megabytes, accused, median, longest, test.accused, test.median, test.longer)
		}
	}
}

// A stream that keeps the last 20 MB or so: it fills evenly in five minutes, then
// each new message costs an old one. So does JetStream in memory.
func TestAStreamThatFillsIsNotAccused(t *testing.T) {
	t.Parallel()
	const runs, full, rate = 50, 330.0, 0.15 // seconds, samples a second
	for _, gap := range []float64{5, 25, 60} {
		accused := 0
		for run := range runs {
			r := rand.New(rand.NewPCG(uint64(run), 11))
			s := NewSeries(0)
			var kept []float64
			allocated, ever := 0, false
			for i := range int(900 / gap) {
				now := float64(i) * gap
				for range poisson(r, gap*rate) {
					kept = append(kept, now-gap*r.Float64())
					allocated++
				}
				kept = slices.DeleteFunc(kept, func(at float64) bool { return now-at > full })
				p := sampled(i, len(kept), allocated)
				p.Time = start.Add(seconds(now))
				s.Add(p)
				ever = ever || s.Judge(Rules{}).Verdict == Growing
			}
			if ever {
				accused++
			}
		}
		if accused > 0 {
			t.Errorf("a collection each %v s: accused in %d of %d runs", gap, accused, runs)
		}
	}
}

func TestALeakThatStartsLateIsFoundSoon(t *testing.T) {
	t.Parallel()
	for _, quiet := range []int{8, 64, 200, 1000} {
		for _, test := range []struct {
			rate   float64 // MiB a reading, each half a minute
			within int
		}{
			{5, 9}, {20, 6},
		} {
			for run := range 20 {
				r := rand.New(rand.NewPCG(uint64(run), 3))
				s := NewSeries(0)
				live, named := 0.0, 0
				for i := range quiet + 20 {
					if i >= quiet {
						live += test.rate * mib
					}
					e := math.Sqrt(live * sample)
					s.Add(Point{
						Time: start.Add(time.Duration(i) * 30 * time.Second), GC: uint32(i + 1),
						Live: max(0, live+0.3*e*r.NormFloat64()), Error: e, Allocated: live,
					})
					now := s.Judge(Rules{})
					if now.Verdict == Growing && named == 0 {
						named = i - quiet + 1
					}
					if i > quiet+1 && now.Verdict != Growing && now.Verdict != Rising {
						t.Errorf("quiet for %d readings, then %v MB each: %s (%s) after %d", quiet, test.rate, now.Verdict, now.Reason, i-quiet+1)
					}
					if began := start.Add(time.Duration(quiet-1) * 30 * time.Second); named > 0 && now.Since.Sub(began).Abs() > time.Minute {
						t.Errorf("quiet for %d readings, then %v MB each: grows since %v, want %v", quiet, test.rate, now.Since, began)
					}
				}
				if named == 0 || named > test.within {
					t.Errorf("quiet for %d readings, then %v MB each: named after %d, want at most %d", quiet, test.rate, named, test.within)
				}
			}
		}
	}
}

// What rises and falls with the traffic, or with the collections, is no leak.
func TestWhatFollowsTrafficIsNotAccused(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 5))
	noise := func() float64 { return 1 + 0.05*random.NormFloat64() }
	for _, test := range []struct {
		does     string
		readings int
		step     time.Duration
		// live and allocated a second, in MiB, at a time in seconds.
		live, rate func(t float64) float64
	}{
		{
			"bytes in flight while traffic rises for half an hour", 120, 15 * time.Second,
			func(t float64) float64 { return 2 * (10 + t/15) * noise() },
			func(t float64) float64 { return 10 + t/15 },
		},
		{
			"bytes in flight over three days", 3 * 24 * 6, 10 * time.Minute,
			func(t float64) float64 { return 3 * (60 - 50*math.Cos(t*2*math.Pi/86400)) * noise() },
			func(t float64) float64 { return 60 - 50*math.Cos(t*2*math.Pi/86400) },
		},
		{
			"sawtooth of a heap that is meant to reach its limit", 200, 3 * time.Second,
			func(t float64) float64 { return 40 + 250*(t/30-math.Floor(t/30)) },
			func(float64) float64 { return 9 },
		},
		{
			"bursts of requests", 300, 5 * time.Second,
			func(t float64) float64 {
				if math.Mod(t, 300) < 40 {
					return 200 * noise()
				}
				return 30 * noise()
			},
			func(float64) float64 { return 50 },
		},
		{
			"warm-up of 50 MB in half a minute", 100, 3 * time.Second,
			func(t float64) float64 { return min(50, 1.7*t) },
			func(float64) float64 { return 5 },
		},
	} {
		s := NewSeries(0)
		allocated := 0.0
		for i := range test.readings {
			at := float64(i) * test.step.Seconds()
			allocated += test.rate(at) * test.step.Seconds()
			live := test.live(at) * mib
			s.Add(Point{
				Time: start.Add(time.Duration(i) * test.step), GC: uint32(i + 1),
				Live: live, Error: math.Sqrt(live * sample), Allocated: allocated * mib,
			})
			if r := s.Judge(Rules{}); r.Verdict == Growing {
				t.Errorf("%s: reading %d: %s", test.does, i, r.Reason)
				break
			}
		}
	}
}

// A leak that grows with the traffic is not excused by it.
func TestALeakUnderRisingTrafficIsAccused(t *testing.T) {
	s := NewSeries(0)
	live, allocated, after := 0.0, 0.0, 0
	for i := range 60 {
		rate := 1 + float64(i)/10 // MB a second, a reading each 5 s
		allocated += 5 * rate * mib
		live += 0.2 * 5 * rate * mib
		inFlight := 2 * rate * mib
		s.Add(Point{
			Time: start.Add(time.Duration(5*i) * time.Second), GC: uint32(i + 1),
			Live: live + inFlight, Error: math.Sqrt((live + inFlight) * sample), Allocated: allocated,
		})
		if s.Judge(Rules{}).Verdict == Growing && after == 0 {
			after = 5 * i
		}
	}
	if after == 0 || after > 180 {
		t.Errorf("accused after %d s, want at most 180", after)
	}
}

// One reading that shows nothing, as after bytes moved, ends no leak.
func TestOneWildReadingEndsNoLeak(t *testing.T) {
	s := NewSeries(0)
	for i := range 40 {
		p := sampled(i, 20*i, 30*i)
		if i == 25 {
			p.Live, p.Error = 0, 0
		}
		s.Add(p)
		if r := s.Judge(Rules{}); i > 10 && r.Verdict != Growing {
			t.Errorf("reading %d: %s (%s), want growing", i, r.Verdict, r.Reason)
		}
	}
}

// The end of a leak is said in words, and what grew until then is not accused again.
func TestTheEndOfALeakIsSaid(t *testing.T) {
	s := NewSeries(0)
	var said []Verdict
	var r Result
	for i := range 60 {
		s.Add(sampled(i, 20*min(i, 15), 40*i))
		r = s.Judge(Rules{})
		if n := len(said); n == 0 || said[n-1] != r.Verdict {
			said = append(said, r.Verdict)
		}
	}
	want := []Verdict{NotEnoughData, Rising, Growing, Plateau}
	if !slices.Equal(said, want) {
		t.Errorf("said %q, want %q", said, want)
	}
	if want := "no longer grows since 10:15:00, after 150MB: holds 150MB"; r.Reason != want {
		t.Errorf("%q, want %q", r.Reason, want)
	}
	// It begins again.
	for i := range 12 {
		s.Add(sampled(60+i, 300+20*(i+1), 2400+40*i))
		r = s.Judge(Rules{})
	}
	if r.Verdict != Growing || !strings.Contains(r.Reason, "grows by 10MB a minute") || r.Since.Before(start.Add(55*time.Minute)) {
		t.Errorf("%s (%s) since %v, want growing since 10:59", r.Verdict, r.Reason, r.Since)
	}
}

// A leak that goes on slower is the same leak.
func TestALeakThatSlowsStaysAccused(t *testing.T) {
	s := NewSeries(0)
	samples := 0
	for i := range 60 {
		samples += 40
		if i > 15 {
			samples -= 32
		}
		s.Add(sampled(i, samples, 2*samples))
		if r := s.Judge(Rules{}); i > 10 && r.Verdict != Growing {
			t.Fatalf("reading %d: %s (%s), want growing", i, r.Verdict, r.Reason)
		}
	}
}

// A reading that is not new confirms nothing.
func TestJudgingTheSameReadingAgainChangesNothing(t *testing.T) {
	once, often := NewSeries(0), NewSeries(0)
	for i := range 30 {
		p := sampled(i, 8*i, 8*i)
		once.Add(p)
		r := once.Judge(Rules{})
		for range 3 {
			often.Add(p)
			p.Time = p.Time.Add(time.Second) // the same collection, read again
			if again := often.Judge(Rules{}); again.Verdict != r.Verdict || again.Reason != r.Reason {
				t.Fatalf("reading %d: %s (%s), judged once %s (%s)", i, again.Verdict, again.Reason, r.Verdict, r.Reason)
			}
		}
	}
}

// No reason calls what rises stable, or names a p.
func TestWordsDoNotContradictTheFigures(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 8))
	for range 200 {
		s := NewSeries(0)
		live, rate := 10+20*random.Float64(), 4*random.Float64()
		for i := range 40 {
			live += rate * random.Float64()
			s.Add(Point{Time: start.Add(time.Duration(i) * 3 * time.Second), Live: live * mib, Error: mib})
			r := s.Judge(Rules{})
			rose := r.Growth >= 2e6 && r.Until.Equal(s.Points()[len(s.Points())-1].Time)
			if rose != (r.Verdict == Rising || r.Verdict == Growing) || strings.Contains(r.Reason, "p =") {
				t.Fatalf("%s (%s): %+v", r.Verdict, r.Reason, r.Evidence)
			}
		}
	}
}
