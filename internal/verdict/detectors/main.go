// Command detectors compares ways to tell a leak from what only fills, on
// recorded runs of programs whose leaks are known, and prints RESULTS.md:
//
//	go run ./internal/verdict/detectors > internal/verdict/detectors/RESULTS.md
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	err := results(out)
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "detectors:", err)
		os.Exit(1)
	}
}
