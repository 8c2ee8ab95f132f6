package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// plan is what to measure.
type plan struct {
	variants []string // the first is what the others are compared with
	handler  string
	rate     int // requests a second; 0 for saturation, negative for none
	rounds   int
	round    time.Duration
	warmUp   time.Duration
	profiles string
}

// result is what was seen of one variant: medians over rounds.
type result struct {
	variant      string
	requests     int
	cpu          time.Duration // of a request; of a second where there are none
	perSecond    float64       // requests
	wakeUps      float64       // a second
	p50, p99     time.Duration
	p999         time.Duration
	bytesPerSpan float64
	rss          int64 // bytes, at the end
	liveHeap     int64 // bytes, at the end
	goroutines   int
}

// subject is a variant while it is measured.
type subject struct {
	*process
	clients   clients
	rounds    []round
	latencies []time.Duration
	lastUsage usage
	lastUsed  time.Time
	rssAtEnd  int64
}

// round is what one round showed.
type round struct{ cpu, perSecond, wakeUps float64 }

// measure runs all variants at once.
func measure(ctx context.Context, p *plan) (results []result, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var subjects []*subject
	for i, variant := range p.variants {
		profile := ""
		if p.profiles != "" {
			profile = filepath.Join(p.profiles, fmt.Sprintf("%d-%s.pprof", i, variant))
		}
		process, err := startProcess(ctx, variant, p.handler, profile)
		if err != nil {
			return nil, err
		}
		s := &subject{process: process}
		if s.clients, err = dialAll(ctx, process.address); err != nil {
			return nil, err
		}
		defer s.clients.close()
		subjects = append(subjects, s)
	}
	for i := range p.rounds + 1 {
		d := p.round
		if i == 0 {
			d = p.warmUp
		}
		if err := p.oneRound(ctx, subjects, i, d); err != nil {
			return nil, err
		}
	}
	for _, s := range subjects {
		r, err := s.result()
		if err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	return results, nil
}

// oneRound puts each variant under load for d. At saturation they take turns, in an
// order that changes; else all are asked at once. The first is the warm-up.
func (p *plan) oneRound(ctx context.Context, subjects []*subject, number int, d time.Duration) error {
	loads := make([][]time.Duration, len(subjects))
	errs := make([]error, len(subjects))
	switch {
	case p.rate == 0:
		for i := range subjects {
			at := (i + number) % len(subjects)
			if loads[at], errs[at] = subjects[at].clients.saturate(ctx, d); errs[at] != nil {
				return errs[at]
			}
		}
	case p.rate > 0:
		var asking sync.WaitGroup
		for i, s := range subjects {
			asking.Go(func() { loads[i], errs[i] = s.clients.pace(ctx, d, p.rate) })
		}
		asking.Wait()
	default:
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
	}
	if err := errors.Join(errors.Join(errs...), ctx.Err()); err != nil {
		return err
	}
	for i, s := range subjects {
		if err := s.endRound(loads[i], d, number > 0); err != nil {
			return err
		}
	}
	return nil
}

// endRound notes what the process has used since the round before.
func (s *subject) endRound(latencies []time.Duration, under time.Duration, counts bool) error {
	now := time.Now()
	used, err := s.usage()
	if err != nil {
		return err
	}
	cpu, elapsed := float64(used.cpu-s.lastUsage.cpu), now.Sub(s.lastUsed).Seconds()
	wakeUps := float64(used.wakeUps-s.lastUsage.wakeUps) / elapsed
	s.lastUsage, s.lastUsed = used, now
	if !counts {
		return nil
	}
	r := round{cpu: cpu / elapsed, wakeUps: wakeUps}
	if n := float64(len(latencies)); n > 0 {
		r.cpu, r.perSecond = cpu/n, n/under.Seconds()
	}
	s.rounds = append(s.rounds, r)
	s.latencies = append(s.latencies, latencies...)
	s.rssAtEnd = used.rss
	return nil
}

func (s *subject) result() (result, error) {
	end, err := s.stop()
	if err != nil {
		return result{}, err
	}
	median := func(field func(round) float64) float64 {
		values := make([]float64, len(s.rounds))
		for i, r := range s.rounds {
			values[i] = field(r)
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	slices.Sort(s.latencies)
	at := func(share float64) time.Duration {
		if len(s.latencies) == 0 {
			return 0
		}
		return s.latencies[int(share*float64(len(s.latencies)-1))]
	}
	r := result{
		variant:    s.variant,
		requests:   len(s.latencies),
		cpu:        time.Duration(median(func(r round) float64 { return r.cpu })),
		perSecond:  median(func(r round) float64 { return r.perSecond }),
		wakeUps:    median(func(r round) float64 { return r.wakeUps }),
		p50:        at(0.5),
		p99:        at(0.99),
		p999:       at(0.999),
		rss:        s.rssAtEnd,
		liveHeap:   end.LiveHeap,
		goroutines: end.Goroutines,
	}
	if n := s.receiver.spans.Load(); n > 0 {
		r.bytesPerSpan = float64(s.receiver.spanBytes.Load()) / float64(n)
	}
	return r, nil
}
