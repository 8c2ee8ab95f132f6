// Command soak proves that memory diagnostics can be left on: it runs a service under
// bounded load, with caches and churn that hold nothing for long, leaks that start and
// stop, and an OTLP backend that goes down and comes back. At the end it prints what
// became of the process, and exits with 1 unless diagnostics stayed flat, found every
// leak that was planted and accused nobody else.
//
//	go run ./examples/soak -duration 30m
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"time"
)

// sampleEvery is how exactly the runtime samples the heap, in bytes: some MiB that
// diagnostics hold would be a dozen samples by default, and their figure noise.
const sampleEvery = 64 << 10

func init() { runtime.MemProfileRate = sampleEvery }

func main() {
	duration := flag.Duration("duration", shortest, "how long to run; a leak takes a minute to be accused")
	dir := flag.String("dir", "", "where the log and the heap profiles are written; a folder that is removed by default")
	flag.Parse()
	if err := run(context.Background(), *duration, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

// run soaks for so long and prints the outcome. Its error says what does not hold.
func run(ctx context.Context, duration time.Duration, dir string) (err error) {
	if duration < shortest {
		return fmt.Errorf("-duration %v: want %v or more", duration, shortest)
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	if dir == "" {
		if dir, err = os.MkdirTemp("", "soak"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	outcome, err := soak(ctx, plan(duration), dir)
	if err != nil {
		return err
	}
	checks := outcome.checks()
	if err := write(os.Stdout, checks); err != nil {
		return err
	}
	return failed(checks)
}

// soak runs the service with all around it, from the first episode to the last.
func soak(ctx context.Context, episodes []episode, dir string) (_ *result, err error) {
	backend, err := newBackend()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, backend.stop()) }()
	telemetry, err := newTelemetry(ctx, backend.address, dir)
	if err != nil {
		return nil, err
	}
	service, err := newService(telemetry, len(episodes))
	if err != nil {
		return nil, errors.Join(err, telemetry.shutdown())
	}

	loading, stop := context.WithCancel(ctx)
	var load sync.WaitGroup
	service.load(loading, &load)
	figures := newFigures(telemetry, dir)
	began := time.Now()
	for number, e := range episodes {
		err = errors.Join(err, run1(ctx, began, number, e, service, backend, figures))
	}
	report, reportErr := telemetry.mem.Report(context.Background())
	stop()
	load.Wait()
	err = errors.Join(err, ctx.Err(), reportErr, service.close(), telemetry.shutdown())
	if err != nil {
		return nil, err
	}
	return &result{
		samples: figures.samples, half: episodes[len(episodes)-1].end / 2, planted: service.planted(),
		accused: telemetry.accused.names(), evented: backend.accused.names(), disabled: report.Disabled,
		requests: service.requests.Load(), wrong: service.wrong.Load(), spans: backend.spans.Load(), outages: backend.outages,
	}, nil
}
