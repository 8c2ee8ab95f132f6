package drive

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// Variant is how a service is instrumented.
type Variant string

// The variants.
const (
	Wrapped Variant = "wrapped" // routes and jobs are operations of their own
	Bare    Variant = "bare"    // spans alone
	Outside Variant = "outside" // none: the command watch reads its profiles
)

const (
	// readEvery is how often readings are taken at least.
	readEvery = 3 * time.Second
	// tooMuch is the resident memory, in bytes, at which a run ends.
	tooMuch = 1 << 30
)

// Options say how to run a case.
type Options struct {
	Variant  Variant
	Duration time.Duration
	// Interval is how often the service's diagnostics report, or watch reads.
	Interval time.Duration
	// Onset is when growth sets in.
	Onset time.Duration
	// Program is the zoo itself, which is run again as the service; the program that
	// runs where it is empty.
	Program string
	// Command is the built command otelmem, for [Outside].
	Command string
	// Enough ends the run before its time, at the first reading for which it is
	// true; nil for never.
	Enough func(*service.Reading) bool
}

// Run is a case that was run, and what was said of it.
type Run struct {
	Case     *service.Case
	Options  Options
	Readings []service.Reading
}

// Do runs a case, for as long as the options say or until its memory is too much.
func Do(ctx context.Context, c *service.Case, o Options) (_ *Run, err error) {
	p, err := startProcess(ctx, c, &o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	ctx, cancel := context.WithTimeout(ctx, o.Duration)
	var loading sync.WaitGroup
	loading.Go(func() { load(ctx, c, p.url) })
	defer loading.Wait()
	defer cancel()
	run := &Run{Case: c, Options: o}
	if o.Variant == Outside {
		run.Readings, err = watch(ctx, p.readings, &o)
		return run, err
	}
	ticker := time.NewTicker(min(o.Interval, readEvery))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return run, nil
		case <-ticker.C:
		}
		r, err := p.reading(ctx)
		switch {
		case ctx.Err() != nil:
			return run, nil
		case err != nil:
			return nil, err
		}
		run.Readings = append(run.Readings, *r)
		if r.RSS > tooMuch || o.Enough != nil && o.Enough(r) {
			return run, nil
		}
	}
}
