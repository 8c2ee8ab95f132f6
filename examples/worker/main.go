// Command worker is a service without HTTP: it takes jobs from a queue, and each
// is measured by Track and tagged by Do. One kind of job keeps what it read.
//
//	go run ./examples/worker
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/setup"
)

func main() {
	duration := flag.Duration("duration", 10*time.Second, "how long to run")
	flag.Parse()
	if err := run(*duration); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
}

func run(duration time.Duration) error {
	if duration <= 0 {
		return fmt.Errorf("-duration %v: want more than 0", duration)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, duration)
	defer cancel()
	sdk, err := setup.Start(ctx, setup.WithServiceName("worker"), setup.WithExport(setup.EndpointConfigured()),
		setup.WithDiagnostics(otelmem.WithEnabled(true), otelmem.WithReportInterval(time.Second)))
	if err != nil {
		return err
	}
	defer func() { _ = sdk.Shutdown(context.Background()) }()

	queue := make(chan job)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for j := range queue {
				work(ctx, sdk.Diagnostics, j)
			}
		})
	}
	enqueue(ctx, queue)
	workers.Wait()

	report, err := sdk.Diagnostics.Report(context.Background())
	if err != nil {
		return err
	}
	_, err = report.WriteTo(os.Stdout)
	return err
}

type job struct {
	kind string
	id   int
}

// enqueue is the queue's other end: it fills it until ctx is done.
func enqueue(ctx context.Context, queue chan<- job) {
	defer close(queue)
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	kinds := []string{"send_mail", "resize_image", "import_orders"}
	for id := 0; ; id++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		select {
		case queue <- job{kinds[id%len(kinds)], id}:
		case <-ctx.Done():
			return
		}
	}
}

var (
	mu       sync.Mutex
	imported [][]byte // never let go: the leak
)

// work does one job inside a span of its own.
func work(ctx context.Context, mem *otelmem.Diagnostics, j job) {
	_ = mem.Run(ctx, j.kind, func(context.Context) error {
		payload := bytes.Repeat([]byte{1}, 128<<10)
		if j.kind == "import_orders" {
			mu.Lock()
			imported = append(imported, payload)
			mu.Unlock()
		}
		return nil
	}, otelmem.Detail(fmt.Sprint("job ", j.id)))
}
