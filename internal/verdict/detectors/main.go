// Command detectors compares ways to tell a leak from what only fills, on
// recorded runs of programs whose leaks are known, and prints the tables of
// RESULTS.md:
//
//	go run ./internal/verdict/detectors
package main

import (
	"bufio"
	"fmt"
	"os"

	"github.com/otelmem/otelmem-go/internal/verdict"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	recordings, err := load()
	if err != nil {
		return err
	}
	said, err := before()
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	write(out, recordings, []detector{former(said), roseMost(2e6, 30), oldBytes(2e6, 30), chosen(verdict.Rules{})})
	return out.Flush()
}
