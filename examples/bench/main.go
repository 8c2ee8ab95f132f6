package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		log.Fatal("bench: ", err)
	}
}

func run(ctx context.Context, args []string) error {
	command := ""
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	switch command {
	case "serve": // only for the child processes
		return serve(ctx, args)
	case "request":
		return requests(ctx, args)
	case "write":
		if len(args) > 0 {
			return fmt.Errorf("write: unknown argument %q: it takes none", args[0])
		}
		return writeBenchmarks(ctx)
	default:
		return fmt.Errorf("unknown command %q: request and write are those there are", command)
	}
}

// requests measures requests and prints what it saw.
func requests(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("request", flag.ContinueOnError)
	var p plan
	variants := flags.String("variants", "bare,bare,otelmem", "what to compare, the first with all others: "+strings.Join(variantNames(), ", "))
	handler := flags.String("handler", "small", "what serves: "+strings.Join(handlerNames(), ", "))
	flags.IntVar(&p.rate, "rate", 0, "requests a second of each variant; 0 for as many as it can, -1 for none")
	flags.IntVar(&p.rounds, "rounds", 15, "how often each variant is measured")
	flags.DurationVar(&p.round, "round", time.Second, "how long it is measured")
	flags.DurationVar(&p.warmUp, "warm-up", 3*time.Second, "how long it serves before")
	flags.StringVar(&p.profiles, "profiles", "", "a folder for CPU profiles of all variants; they disturb the figures")
	if err := flags.Parse(args); err != nil {
		return err
	}
	p.handler = *handler
	p.variants = strings.Split(*variants, ",")
	results, err := measure(ctx, &p)
	if err != nil {
		return err
	}
	fmt.Print(table(&p, results))
	return nil
}
