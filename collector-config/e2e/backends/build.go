package backends

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// program says how a binary is built.
type program struct {
	name, version string
	// inputs are files whose content the binary depends on.
	inputs []string
	// build makes the binary out, in a folder of its own.
	build func(ctx context.Context, dir, out string) error
}

// Dir is where binaries are kept between runs: outside the repository.
func Dir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a folder for built backends: %w; set XDG_CACHE_HOME", err)
	}
	return filepath.Join(cache, "otelmem-e2e"), nil
}

// binary returns the path of a built program. A cold build takes minutes.
func (p *program) binary(ctx context.Context) (string, error) {
	cache, err := Dir()
	if err != nil {
		return "", err
	}
	key := []string{p.name, p.version, runtime.Version()}
	for _, input := range p.inputs {
		content, err := os.ReadFile(input)
		if err != nil {
			return "", fmt.Errorf("build %s: %w", p.name, err)
		}
		key = append(key, fmt.Sprintf("%x", sha256.Sum256(content))[:8])
	}
	path := filepath.Join(cache, strings.Join(key, "-"))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", fmt.Errorf("keep built backends: %w", err)
	}
	dir, err := os.MkdirTemp(cache, "building-"+p.name+"-")
	if err != nil {
		return "", fmt.Errorf("build %s: %w", p.name, err)
	}
	defer os.RemoveAll(dir)
	log.Printf("building %s %s, once: this takes minutes", p.name, p.version)
	start, out := time.Now(), filepath.Join(dir, "out")
	if err := p.build(ctx, dir, out); err != nil {
		return "", fmt.Errorf("build %s %s: %w", p.name, p.version, err)
	}
	log.Printf("built %s %s in %v", p.name, p.version, time.Since(start).Round(time.Second))
	return path, os.Rename(out, path)
}

// run runs a command in dir, with nothing of the caller's module or flags.
func run(ctx context.Context, dir string, command ...string) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GOBIN="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", command, err, tail(out))
	}
	return nil
}

// tail is the end of a program's output.
func tail(out []byte) []byte {
	const enough = 4 << 10
	return out[max(0, len(out)-enough):]
}

var errNotGenerated = errors.New("the builder wrote no go.mod")
