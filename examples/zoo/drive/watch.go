package drive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// BuildCommand builds the command otelmem into a folder and returns its path.
func BuildCommand(ctx context.Context, dir string) (string, error) {
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/otelmem/otelmem-go").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	command := filepath.Join(dir, "otelmem")
	build := exec.CommandContext(ctx, "go", "build", "-o", command, "./otelmem/cmd/otelmem")
	build.Dir = strings.TrimSpace(string(root))
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the command otelmem: %w: %s", err, out)
	}
	return command, nil
}

// watch runs the command on the address of profiles until ctx is done.
func watch(ctx context.Context, address string, o *Options) ([]service.Reading, error) {
	began := time.Now()
	var said, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, o.Command, "watch", "--format", "json", "--every", o.Interval.String(), address)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = stopIn
	cmd.Stdout, cmd.Stderr = &said, &errs
	var status *exec.ExitError
	if err := cmd.Run(); err != nil && ctx.Err() == nil && !errors.As(err, &status) {
		return nil, fmt.Errorf("watch: %w", err)
	}
	readings, err := readingsOf(&said, began)
	if err != nil || len(readings) == 0 {
		return nil, fmt.Errorf("watch said %w: %s", errors.Join(err, errors.New("nothing that can be read")), &errs)
	}
	return readings, nil
}

// readingsOf reads what the command says of a service that began then.
func readingsOf(said io.Reader, began time.Time) (readings []service.Reading, err error) {
	for decoder := json.NewDecoder(said); ; {
		var line struct {
			Report *report.Report `json:"report"`
		}
		switch err := decoder.Decode(&line); {
		case errors.Is(err, io.EOF):
			return readings, nil
		case err != nil:
			return nil, err
		}
		if line.Report != nil {
			readings = append(readings, *service.NewReading(line.Report, began))
		}
	}
}
