package backends

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// Process is a program that runs until it is stopped.
type Process struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{}
	err  error // of the exit; valid once done is closed
}

// Start starts a program whose output goes to the file log.
func Start(name, log string, env []string, binary string, args ...string) (*Process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	defer out.Close()
	p := &Process{name: name, log: log, cmd: exec.Command(binary, args...), done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = out, out
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() {
		defer close(p.done)
		p.err = p.cmd.Wait()
	}()
	return p, nil
}

// PID is the process's id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Ready waits until url answers 200.
func (p *Process) Ready(ctx context.Context, url string) error {
	err := Eventually(ctx, func() error {
		select {
		case <-p.done:
			return fmt.Errorf("%w: %w", errGone, p.err)
		default:
		}
		_, err := Get(ctx, url)
		return err
	})
	if err != nil {
		return p.explain(err)
	}
	return nil
}

// Wait waits until the program ends by itself.
func (p *Process) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return p.explain(ctx.Err())
	case <-p.done:
	}
	if p.err != nil {
		return p.explain(p.err)
	}
	return nil
}

// Kill ends the program at once, as a machine that fails does.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// Stop ends the program politely, at last by force.
func (p *Process) Stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		p.Kill()
	}
}

// Log is what the program has written so far.
func (p *Process) Log() []byte {
	log, _ := os.ReadFile(p.log)
	return log
}

func (p *Process) explain(err error) error {
	return fmt.Errorf("%s: %w\n%s", p.name, err, tail(p.Log()))
}

// errGone ends waiting: it will not get better.
var errGone = errors.New("the program ended")

// Eventually calls f until it returns nil, at most until ctx is done; then it
// returns f's last error.
func Eventually(ctx context.Context, f func() error) error {
	for {
		err := f()
		if err == nil || errors.Is(err, errGone) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Ports that are given out are below those that systems give to connections: one of
// these would take a port while the program that had it is stopped for a test.
const firstPort, lastPort = 20_000, 32_000

// given are the ports that were given out.
var given sync.Map

// FreeAddr is an address on loopback where nobody listens now. It is not given out
// again.
func FreeAddr() (string, error) {
	err := errors.New("all that were tried are given out")
	for range 100 {
		port := firstPort + rand.IntN(lastPort-firstPort)
		if _, taken := given.LoadOrStore(port, true); taken {
			continue
		}
		var l net.Listener
		if l, err = net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
			return l.Addr().String(), l.Close()
		}
	}
	return "", fmt.Errorf("find a free port from %d to %d: %w", firstPort, lastPort, err)
}

// freeAddrs fills all of addrs.
func freeAddrs(addrs ...*string) error {
	for _, addr := range addrs {
		var err error
		if *addr, err = FreeAddr(); err != nil {
			return err
		}
	}
	return nil
}

var client = &http.Client{Timeout: 30 * time.Second}
