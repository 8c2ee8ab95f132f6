package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// process is a server in a process of its own.
type process struct {
	variant  string
	receiver *receiver
	address  string
	command  *exec.Cmd
	stdin    io.Closer
	said     *json.Decoder
}

// startProcess returns once the server listens. profile may be empty.
func startProcess(ctx context.Context, variant, handler, profile string) (_ *process, err error) {
	if variants[variant] == nil {
		return nil, fmt.Errorf("unknown variant %q: %q are those there are", variant, variantNames())
	}
	if handlers[handler] == nil {
		return nil, fmt.Errorf("unknown handler %q: %q are those there are", handler, handlerNames())
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{variant: variant}
	if p.receiver, err = newReceiver(); err != nil {
		return nil, err
	}
	p.command = exec.CommandContext(ctx, self, "serve", "-variant", variant, "-handler", handler,
		"-receiver", p.receiver.address, "-profile", profile)
	p.command.Stderr = os.Stderr
	if p.stdin, err = p.command.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", variant, err)
	}
	p.said = json.NewDecoder(stdout)
	var h hello
	if err := p.said.Decode(&h); err != nil {
		return nil, fmt.Errorf("wait for %s to listen: %w", variant, err)
	}
	p.address = h.Address
	return p, nil
}

// stop ends the server, whose spans have all arrived then.
func (p *process) stop() (g goodbye, err error) {
	_ = p.stdin.Close()
	if err := p.said.Decode(&g); err != nil {
		return g, fmt.Errorf("wait for %s to end: %w", p.variant, err)
	}
	if err := p.command.Wait(); err != nil {
		return g, fmt.Errorf("%s: %w", p.variant, err)
	}
	return g, p.receiver.close()
}

// usage is what a process has used since it started.
type usage struct {
	cpu     time.Duration // user and system
	wakeUps int64         // voluntary context switches of all its threads that live
	rss     int64         // bytes, now
}

func (p *process) usage() (u usage, err error) {
	pid := p.command.Process.Pid
	if u.cpu, err = cpuOf(pid); err != nil {
		return u, err
	}
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil {
		return u, err
	}
	for _, path := range threads {
		u.wakeUps += statusField(path, "voluntary_ctxt_switches")
	}
	u.rss = statusField(fmt.Sprintf("/proc/%d/status", pid), "VmRSS") << 10
	return u, nil
}
