// Command zoo runs small services with known truth, each a leak of a kind that
// public bug reports show or an innocent whose memory grows all the same, and
// shows what memory diagnostics say of them: the first sentence of the report,
// and whom it accuses.
//
//	go run . -case short
//	go run . -case map-by-user,lru-broken -variant bare -duration 60s
//	go run . -case innocents -duration 10m -out series.jsonl
//	go run . -case leaks -variant outside -interval 5s -duration 2m   # by otelmem watch
//
// A case is a file in leaks or innocents. It runs in a process of its own, beside
// innocent neighbours; the load comes from this process over loopback, and ends
// with it. The table has, in seconds since the leak set in, when the first
// sentence first named the operation (or its function) and the line, and when
// the leak was first accused.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/drive"
	_ "github.com/otelmem/otelmem-go/examples/zoo/innocents"
	_ "github.com/otelmem/otelmem-go/examples/zoo/leaks"
	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

func main() {
	s := settings{}
	flag.StringVar(&s.cases, "case", "short", "which: names separated by commas, all, leaks, innocents or short")
	flag.StringVar(&s.variant, "variant", "wrapped", "how services are instrumented: wrapped, bare (spans alone), both, or outside (not at all: otelmem watch reads their profiles)")
	flag.DurationVar(&s.duration, "duration", time.Minute, "how long each case runs")
	flag.DurationVar(&s.interval, "interval", 3*time.Second, "how often diagnostics report")
	flag.DurationVar(&s.onset, "onset", 0, "when growth sets in, from the beginning of a run")
	flag.StringVar(&s.out, "out", "", "a file that recorded series are added to, a line of JSON a run; none by default")
	flag.BoolVar(&s.list, "list", false, "list the cases with their truth, and run none")
	flag.StringVar(&s.serve, "serve", "", "be the service of this case until stdin ends (the driver starts it so)")
	flag.StringVar(&s.dir, "dir", "", "where the service keeps its files")
	flag.Parse()
	if err := run(s); err != nil {
		fmt.Fprintln(os.Stderr, "zoo:", err)
		os.Exit(1)
	}
}

type settings struct {
	cases, variant            string
	duration, interval, onset time.Duration
	out                       string
	list                      bool
	serve, dir                string
}

func run(s settings) error {
	if err := s.validate(); err != nil {
		return err
	}
	if s.serve != "" {
		return serve(s)
	}
	selected, err := choose(s.cases)
	if err != nil {
		return err
	}
	if s.list {
		list(os.Stdout, selected)
		return nil
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return runAll(ctx, s, selected)
}

func (s *settings) validate() error {
	switch {
	case s.duration < time.Second || s.duration > time.Hour:
		return fmt.Errorf("-duration %v: want 1s to 1h", s.duration)
	case s.interval < time.Second:
		return fmt.Errorf("-interval %v: want 1s or more", s.interval)
	case s.onset < 0 || s.serve == "" && s.onset >= s.duration:
		return fmt.Errorf("-onset %v: want 0s or more, and less than -duration %v", s.onset, s.duration)
	case !slices.Contains([]string{"wrapped", "bare", "both", "outside"}, s.variant):
		return fmt.Errorf("-variant %q: want wrapped, bare, both or outside", s.variant)
	}
	return nil
}

func serve(s settings) error {
	c := service.Find(s.serve)
	if c == nil {
		return fmt.Errorf("-serve %q: no such case; see -list", s.serve)
	}
	return service.Serve(c, service.Options{
		Wrapped:  s.variant == string(drive.Wrapped),
		Outside:  s.variant == string(drive.Outside),
		Interval: s.interval,
		Onset:    s.onset,
		Dir:      s.dir,
	}, os.Stdin)
}

// runAll runs the cases one after another. One that fails does not end the rest.
func runAll(ctx context.Context, s settings, selected []*service.Case) error {
	variants := []drive.Variant{drive.Variant(s.variant)}
	if s.variant == "both" {
		variants = []drive.Variant{drive.Wrapped, drive.Bare}
	}
	command := ""
	if s.variant == string(drive.Outside) {
		dir, err := os.MkdirTemp("", "zoo-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if command, err = drive.BuildCommand(ctx, dir); err != nil {
			return err
		}
	}
	table := drive.NewTable(os.Stdout)
	failed := 0
	for _, c := range selected {
		for _, variant := range variants {
			if ctx.Err() != nil {
				break
			}
			o := drive.Options{Variant: variant, Duration: s.duration, Interval: s.interval, Onset: s.onset, Command: command}
			done, err := drive.Do(ctx, c, o)
			if err != nil {
				table.AddError(c, o, err)
				failed++
				continue
			}
			table.Add(done)
			if err := record(s.out, done); err != nil {
				return err
			}
		}
	}
	table.Summary()
	if failed > 0 {
		return fmt.Errorf("%d runs came to nothing", failed)
	}
	return nil
}

// record adds a run's series to the file of that name, if there is one.
func record(name string, done *drive.Run) error {
	if name == "" {
		return nil
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("-out: %w", err)
	}
	if err := done.WriteSeries(file); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}
