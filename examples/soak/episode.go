package main

import (
	"context"
	"errors"
	"time"
)

// run1 lets the number-th episode happen. It returns early when ctx is done.
func run1(ctx context.Context, began time.Time, number int, e episode, s *service, b *backend, f *figures) (err error) {
	steps := []struct {
		at time.Duration
		do func()
	}{
		{e.leak, func() { s.leak(number) }},
		{e.down, func() { err = errors.Join(err, b.goDown()) }},
		{e.up, func() { err = errors.Join(err, b.comeBack()) }},
		{e.stop, s.stopLeaking},
	}
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			s.stopLeaking()
			return err
		case <-ticker.C:
		}
		at := time.Since(began)
		for len(steps) > 0 && at >= steps[0].at {
			steps[0].do()
			steps = steps[1:]
		}
		if at >= e.end {
			return err
		}
		f.look(at, e.quiet(at))
	}
}
