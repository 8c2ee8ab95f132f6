package backends

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Versions that can be had from the module proxy together.
const (
	collectorVersion  = "v0.155.0"
	jaegerVersion     = "v1.76.0"
	prometheusVersion = "v0.316.0" // of the module: Prometheus 3
)

var goBuild = []string{"go", "build", "-mod=mod", "-trimpath", "-ldflags=-s -w", "-o"}

// Collector builds the collector of a builder manifest.
func Collector(ctx context.Context, manifest string) (string, error) {
	p := program{name: "otelcol", version: collectorVersion, inputs: []string{manifest}}
	p.build = func(ctx context.Context, dir, out string) error {
		text, err := os.ReadFile(manifest)
		if err != nil {
			return err
		}
		sources := filepath.Join(dir, "sources")
		text = bytes.Replace(text, []byte("dist:\n"), fmt.Appendf(nil, "dist:\n  output_path: %s\n", sources), 1)
		if err := os.WriteFile(filepath.Join(dir, "builder.yaml"), text, 0o600); err != nil {
			return err
		}
		// The builder ends by go mod tidy, which wants the components' test
		// dependencies too. Not all can be had, and none is needed.
		tidy := run(ctx, dir, "go", "run", "go.opentelemetry.io/collector/cmd/builder@"+collectorVersion, "--config=builder.yaml", "--skip-compilation")
		if _, err := os.Stat(filepath.Join(sources, "go.mod")); err != nil {
			return fmt.Errorf("%w: %w", errNotGenerated, tidy)
		}
		return run(ctx, sources, append(goBuild, out, ".")...)
	}
	return p.binary(ctx)
}

// Jaeger builds Jaeger's all-in-one, with traces in memory. Its user interface is
// a placeholder: the module does not have the files.
func Jaeger(ctx context.Context) (string, error) {
	const module = "github.com/jaegertracing/jaeger"
	p := program{name: "jaeger", version: jaegerVersion}
	p.build = func(ctx context.Context, dir, out string) error {
		text, err := exec.CommandContext(ctx, "go", "mod", "download", "-json", module+"@"+jaegerVersion).Output()
		if err != nil {
			return fmt.Errorf("download %s: %w", module, err)
		}
		var downloaded struct{ Dir string }
		if err := json.Unmarshal(text, &downloaded); err != nil {
			return err
		}
		sums, err := os.ReadFile(filepath.Join(downloaded.Dir, "go.sum"))
		if err != nil {
			return err
		}
		// A replacement counts only in the main module: this repeats Jaeger's own.
		mod := "module jaeger\n\ngo 1.26.0\n\nrequire " + module + " " + jaegerVersion +
			"\n\nreplace github.com/Shopify/sarama => github.com/Shopify/sarama v1.33.0\n"
		for name, content := range map[string][]byte{"go.mod": []byte(mod), "go.sum": sums} {
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
				return err
			}
		}
		return run(ctx, dir, append(goBuild, out, module+"/cmd/all-in-one")...)
	}
	return p.binary(ctx)
}

// Prometheus builds Prometheus 3, without service discovery, which scrapes of
// loopback do not need, and without the files of its user interface.
func Prometheus(ctx context.Context) (string, error) { return prometheus(ctx, "prometheus") }

// Promtool builds the tool that checks rules.
func Promtool(ctx context.Context) (string, error) { return prometheus(ctx, "promtool") }

func prometheus(ctx context.Context, name string) (string, error) {
	p := program{name: name, version: prometheusVersion}
	p.build = func(ctx context.Context, dir, out string) error {
		err := run(ctx, dir, "go", "install", "-trimpath", "-ldflags=-s -w", "-tags=remove_all_sd",
			"github.com/prometheus/prometheus/cmd/"+name+"@"+prometheusVersion)
		if err != nil {
			return err
		}
		return os.Rename(filepath.Join(dir, name), out)
	}
	return p.binary(ctx)
}
