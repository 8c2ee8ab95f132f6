package dump_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace/noop"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

func Example() {
	dir, err := os.MkdirTemp("", "heap-dumps")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	reader, err := memstat.NewReader(0)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer reader.Close()

	written := make(chan dump.Event, 10)
	d, err := dump.New(reader.Fresh, memstat.Limit{Bytes: 64 * textfmt.GiB, Source: memstat.SourceCgroup},
		dump.WithDir(dir),
		dump.WithThresholds("1MiB", "75%"), // the first is crossed at once
		dump.WithRetention(10, 256*textfmt.MiB),
		dump.WithInterval(10*time.Millisecond),
		dump.WithSuspects(func() []dump.Suspect { return nil }),
		dump.WithFunctions(func() map[string]dump.Owner { return nil }),
		dump.WithObserver(func(e dump.Event) {
			if e.Kind == dump.Written {
				written <- e
			}
		}))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, rung := range d.Thresholds() {
		fmt.Println(rung.Text, "is", textfmt.Size(rung.Bytes))
	}
	ctx := context.Background()
	if err := d.Start(ctx, noop.NewTracerProvider()); err != nil { // your own provider
		fmt.Println(err)
		return
	}
	fmt.Println("written at", (<-written).Rung.Text)
	if _, err := d.Dump(ctx, "before the deploy"); err != nil {
		fmt.Println(err)
	}
	if err := d.Shutdown(ctx); err != nil {
		fmt.Println(err)
	}

	profiles, err := d.List()
	if err != nil {
		fmt.Println(err)
	}
	for _, p := range profiles {
		side, err := dump.ReadSide(p.SidePath)
		fmt.Println(side.Reason, side.Detail, strings.HasSuffix(p.Path, ".pb.gz"), err)
	}
	// Output:
	// 1MiB is 1.0MB
	// 75% is 48.0GB
	// written at 1MiB
	// threshold  true <nil>
	// manual before the deploy true <nil>
}

func ExampleNew_badThreshold() {
	_, err := dump.New(func() memstat.Snapshot { return memstat.Snapshot{} }, memstat.Limit{}, dump.WithThresholds("75%"))
	fmt.Println(err)
	// Output:
	// threshold "75%": this process has no memory limit to take a share of; give a size like "2GiB", or set GOMEMLIMIT
}
