package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/collector-config/e2e/backends"
)

// leakyFor is how long the leaking service runs: no leak is suspected before a minute.
const leakyFor = 2 * time.Minute

// report is what the service itself says at its end.
type report struct {
	Headline   struct{ Memory string }
	Categories []struct {
		Name   string
		Growth struct {
			Calls, RSS, Heap, External float64
		}
	}
}

// leaky runs examples/leakyserver once for all tests, and returns its report.
var leaky = sync.OnceValues(func() (*report, error) {
	dir, err := os.MkdirTemp("", "otelmem-e2e-leakyserver-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "leakyserver")
	build := exec.Command("go", "build", "-trimpath", "-o", binary, "./examples/leakyserver")
	build.Dir = filepath.Join("..", "..")
	build.Env = append(os.Environ(), "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build leakyserver: %w\n%s", err, out)
	}
	out := filepath.Join(dir, "report.json")
	env := []string{
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://" + running.collector.OTLP,
		"OTEL_METRIC_EXPORT_INTERVAL=2000",
		"OTELMEM_DUMP_DIR=" + filepath.Join(dir, "dumps"),
		"OTELMEM_LOG_FILE=none",
		"GOMEMLIMIT=900MiB",
	}
	service, err := backends.Start("leakyserver", filepath.Join(dir, "log"), env, binary,
		"-addr=127.0.0.1:0", "-duration="+leakyFor.String(), "-report="+out)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), leakyFor+time.Minute)
	defer cancel()
	if err := errors.Join(askForMuch(ctx, service), service.Wait(ctx)); err != nil {
		service.Kill()
		return nil, err
	}
	text, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	r := new(report)
	return r, json.Unmarshal(text, r)
})

// askForMuch sends the service three requests that keep 80 MB each, once it has
// found its leak: a heap that is large early is collected rarely, so that a short
// run would not have readings enough. Three, since a collection in the middle of
// one hides a part of its growth.
func askForMuch(ctx context.Context, service *backends.Process) error {
	var base []byte
	err := backends.Eventually(ctx, func() error {
		log := service.Log()
		base = listening.Find(log)
		if base == nil || !bytes.Contains(log, []byte("[LEAK]")) {
			return errors.New("leakyserver does not say where it listens and what leaks")
		}
		return nil
	})
	for range 3 {
		if err == nil {
			_, err = backends.Get(ctx, string(base)+"/api/records?limit=40000")
		}
	}
	return err
}

var listening = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// leaked waits for the leaking service.
func leaked(t *testing.T) *report {
	t.Helper()
	r, err := leaky()
	if err != nil {
		t.Fatal(err)
	}
	return r
}
