package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// machine is what this runs on.
func machine() string {
	model := runtime.GOARCH
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%d cores (%s), %s", runtime.NumCPU(), model, runtime.GOOS)
}

// versions are those of Go and of the instrumentation that is measured.
func versions() string {
	all := []string{runtime.Version()}
	if build, ok := debug.ReadBuildInfo(); ok {
		for _, m := range build.Deps {
			switch m.Path {
			case "go.opentelemetry.io/otel/sdk", "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp", "github.com/grafana/otel-profiling-go":
				all = append(all, m.Path+" "+m.Version)
			}
		}
	}
	return strings.Join(all, ", ")
}
