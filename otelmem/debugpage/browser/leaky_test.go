package browser

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// page is the address of the debug page of a running leakyserver; empty where
// there is none.
var page string

// TestMain runs the real program, once: it takes half a minute to know its leak.
func TestMain(m *testing.M) {
	if findBrowser() == "" {
		fmt.Println(noBrowser)
		os.Exit(m.Run()) // each test skips
	}
	code, err := withLeakyServer(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withLeakyServer(run func() int) (code int, err error) {
	dir, err := os.MkdirTemp("", "otelmem-browser")
	if err != nil {
		return 1, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program := filepath.Join(dir, "leakyserver")
	build := exec.Command("go", "build", "-trimpath", "-o", program, "./examples/leakyserver")
	build.Dir = "../../.."
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("build leakyserver: %w\n%s", err, out)
	}
	server := exec.Command(program, "-addr", "127.0.0.1:0", "-duration", "10m", "-thresholds", "32MiB,64MiB,128MiB,256MiB")
	server.Dir = dir
	out, err := server.StdoutPipe()
	if err != nil {
		return 1, err
	}
	if err := server.Start(); err != nil {
		return 1, fmt.Errorf("run leakyserver: %w", err)
	}
	read := make(chan struct{}) // closed when its output ended
	defer func() {
		_ = server.Process.Signal(os.Interrupt)
		<-read
		if down := server.Wait(); down != nil && err == nil {
			code, err = 1, fmt.Errorf("leakyserver: %w", down)
		}
	}()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, url, ok := strings.Cut(lines.Text(), "See its memory:"); ok {
			page = strings.TrimSpace(url)
			break
		}
	}
	if page == "" {
		close(read)
		return 1, errors.Join(errors.New("leakyserver printed no address"), lines.Err())
	}
	go func() {
		defer close(read)
		for lines.Scan() { // or its output would fill up
		}
	}()
	return run(), nil
}
