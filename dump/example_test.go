package dump_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace/noop"

	"github.com/otelmem/otelmem-go/dump"
)

// readMemory reads what the thresholds are compared with. A real service also reads
// its resident set, as package otelmem does.
func readMemory() dump.Memory {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return dump.Memory{
		Time:        time.Now(),
		HeapObjects: int64(stats.HeapAlloc),
		GCCycles:    int64(stats.NumGC),
		GoResident:  int64(stats.Sys - stats.HeapReleased),
		Stacks:      int64(stats.StackInuse),
		Goroutines:  int64(runtime.NumGoroutine()),
	}
}

// A dumper writes a profile when memory crosses a threshold, and another on demand.
func Example() {
	dir, err := os.MkdirTemp("", "heap-dumps")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	written := make(chan dump.Event, 10)
	d, err := dump.New(readMemory, dump.Limit{Bytes: 64 << 30, Source: "cgroup"},
		dump.WithDir(dir),
		dump.WithThresholds("1MiB", "75%"), // the first is crossed at once
		dump.WithRetention(10, 256<<20),
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
	for _, threshold := range d.Thresholds() {
		fmt.Println(threshold.Text, "is", threshold.Bytes>>20, "MiB")
	}
	ctx := context.Background()
	if err := d.Start(ctx, noop.NewTracerProvider()); err != nil { // your own provider
		fmt.Println(err)
		return
	}
	fmt.Println("written at", (<-written).Threshold.Text)
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
		metadata, err := dump.ReadMetadata(p.MetadataPath)
		fmt.Println(metadata.Reason, metadata.Detail, strings.HasSuffix(p.Path, ".pb.gz"), err)
	}
	// Output:
	// 1MiB is 1 MiB
	// 75% is 49152 MiB
	// written at 1MiB
	// threshold  true <nil>
	// manual before the deploy true <nil>
}

func ExampleNew_badThreshold() {
	_, err := dump.New(readMemory, dump.Limit{}, dump.WithThresholds("75%"))
	fmt.Println(err)
	// Output:
	// threshold "75%": this process has no memory limit to take a share of; give a size like "2GiB", or set GOMEMLIMIT
}
