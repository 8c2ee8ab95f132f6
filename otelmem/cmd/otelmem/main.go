// Command otelmem judges the memory of running Go programs from outside, and reads what
// memory diagnostics wrote: the report of a running service, and heap profiles.
//
//	go run github.com/otelmem/otelmem-go/otelmem/cmd/otelmem watch http://localhost:6060
//	go run github.com/otelmem/otelmem-go/otelmem/cmd/otelmem watch --files 'night/*.pb.gz'
//	go run github.com/otelmem/otelmem-go/otelmem/cmd/otelmem report http://localhost:8080/debug/otelmem/
//	go run github.com/otelmem/otelmem-go/otelmem/cmd/otelmem report logs/heap-dumps
//	go run github.com/otelmem/otelmem-go/otelmem/cmd/otelmem diff FIRST LAST --by line
//
// It ends with 0 where all is well, 1 where something failed, 2 where it was called
// wrongly, and 3 where diff --max-growth was exceeded or watch suspects a leak.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// Exit codes.
const (
	exitFailed  = 1
	exitUsage   = 2
	exitTooMuch = 3
)

// interruptPatience is how long a command may take to end after an interrupt, before it
// is left where it stands.
const interruptPatience = 5 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	done := make(chan int, 1)
	go func() { done <- run(ctx, os.Args[1:], os.Stdout, os.Stderr) }()
	select {
	case code := <-done:
		stop()
		os.Exit(code)
	case <-ctx.Done():
		stop() // the next interrupt ends the process at once
	}
	select {
	case code := <-done:
		os.Exit(code)
	case <-time.After(interruptPatience):
		fmt.Fprintln(os.Stderr, "otelmem: interrupted")
		os.Exit(exitFailed)
	}
}

// run runs one command and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	fmt.Fprintln(stderr, "otelmem:", message(err))
	var usage *usageError
	var growth *growthError
	var leak *leakError
	switch {
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &growth), errors.As(err, &leak):
		return exitTooMuch
	default:
		return exitFailed
	}
}

// password is what stands before the host of a URL, well formed or not.
var password = regexp.MustCompile(`://([^\s:/@"]*):[^\s"]*@`)

// message is an error as it is printed: without the passwords of URLs, and a name with a
// line break in it stays within the message, because no line of output begins with
// spaces.
func message(err error) string {
	text := textfmt.PrintableLines(password.ReplaceAllString(err.Error(), "://$1:xxxxx@"))
	return strings.ReplaceAll(text, "\n", "\n  ")
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "otelmem",
		Short: "Judge the memory of Go programs; read reports and heap profiles",
		Long: `otelmem judges the memory of running Go programs from outside, and reads what memory
diagnostics wrote: the report of a running service, and heap profiles. It ends with 0
where all is well, 1 where something failed, 2 where it was called wrongly, and 3 where
diff --max-growth was exceeded or watch suspects a leak.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_ = c.Usage()
			return &usageError{errors.New("no command: want one of watch, report, diff, top, label, view")}
		},
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return &usageError{fmt.Errorf("%w; see %s --help", err, c.CommandPath())}
	})
	root.AddCommand(newWatch(), newReport(), newDiff(), newTop(), newLabel(), newView())
	for _, c := range append(root.Commands(), root) {
		c.Args = usage(c.Args)
	}
	return root
}

// usageError is a call that is wrong.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

// usage makes what is wrong with arguments a usageError.
func usage(args cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, given []string) error {
		if err := args(c, given); err != nil {
			return &usageError{fmt.Errorf("%w; see %s --help", err, c.CommandPath())}
		}
		return nil
	}
}
