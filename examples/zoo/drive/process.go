package drive

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

const (
	// startIn is how long a service may take to listen.
	startIn = 30 * time.Second
	// stopIn is how long it may take to end when its stdin does.
	stopIn = 5 * time.Second
)

// process is a running service.
type process struct {
	url      string
	readings string
	cmd      *exec.Cmd
	stdin    io.Closer
	dir      string
	client   *http.Client
}

// startProcess runs the zoo again, as the service of a case.
func startProcess(ctx context.Context, c *service.Case, o *Options) (_ *process, err error) {
	program := o.Program
	if program == "" {
		if program, err = os.Executable(); err != nil {
			return nil, fmt.Errorf("find this program: %w", err)
		}
	}
	p := &process{client: &http.Client{Timeout: 10 * time.Second}}
	if p.dir, err = os.MkdirTemp("", "zoo-"+c.Name+"-"); err != nil {
		return nil, err
	}
	p.cmd = exec.CommandContext(ctx, program, "-serve", c.Name, "-variant", string(o.Variant), "-interval", o.Interval.String(),
		"-onset", o.Onset.String(), "-dir", p.dir)
	p.cmd.Env = append(os.Environ(), c.Env...)
	stderr, err := os.Create(filepath.Join(p.dir, "stderr"))
	if err != nil {
		return nil, err
	}
	defer stderr.Close()
	p.cmd.Stderr = stderr
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the service of %s: %w", c.Name, err)
	}
	if err := p.wait(stdout); err != nil {
		return nil, errors.Join(fmt.Errorf("the service of %s did not start: %w; it wrote %q", c.Name, err, p.stderr()), p.stop())
	}
	return p, nil
}

// wait reads what the service prints until it listens. Libraries print too.
func (p *process) wait(stdout io.Reader) error {
	timer := time.AfterFunc(startIn, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if addr, readings, ok := service.Ready(lines.Text()); ok {
			p.url, p.readings = "http://"+addr, "http://"+readings
			go func() { _, _ = io.Copy(io.Discard, stdout) }()
			return nil
		}
	}
	return errors.Join(errors.New("its output ended"), lines.Err())
}

func (p *process) stderr() string {
	text, _ := os.ReadFile(filepath.Join(p.dir, "stderr"))
	return string(text[:min(len(text), 2000)])
}

func (p *process) reading(ctx context.Context) (*service.Reading, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.readings, http.NoBody)
	if err != nil {
		return nil, err
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w; the service wrote %q", err, p.stderr())
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(resp.Body)
		return nil, fmt.Errorf("reading: status %d: %s", resp.StatusCode, text)
	}
	r := new(service.Reading)
	if err := json.NewDecoder(resp.Body).Decode(r); err != nil {
		return nil, fmt.Errorf("reading: %w", err)
	}
	return r, nil
}

// stop ends the service and removes its files. That it was killed, since it took
// too long, is no error: leaks can stand in the way.
func (p *process) stop() error {
	_ = p.stdin.Close()
	timer := time.AfterFunc(stopIn, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	_ = p.cmd.Wait()
	p.client.CloseIdleConnections()
	return os.RemoveAll(p.dir)
}
