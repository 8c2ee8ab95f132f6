package main

import (
	"context"
	"errors"
	"io"

	"github.com/google/pprof/driver"
	"github.com/spf13/cobra"

	"github.com/otelmem/otelmem-go/dump/compare"
)

func newView() *cobra.Command {
	var addr string
	var noBrowser bool
	c := &cobra.Command{
		Use:               "view FILE [BASE]",
		Short:             "Open pprof's web interface on a heap profile, or on what it has more than BASE",
		Long:              "view opens pprof's web interface, until it is interrupted. Profiles that were written\nraw have their labels there.",
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: profiles,
	}
	c.Flags().StringVar(&addr, "http", "localhost:", "where to listen; without a port on one that is free")
	c.Flags().BoolVar(&noBrowser, "no-browser", false, "open no browser")
	c.RunE = func(c *cobra.Command, args []string) error {
		// What is wrong with a file is told before pprof starts.
		for _, path := range args {
			if _, err := compare.ReadContext(c.Context(), path); err != nil {
				return err
			}
		}
		done := make(chan error, 1)
		go func() { done <- pprof(addr, noBrowser, args, c.ErrOrStderr()) }()
		select {
		case err := <-done:
			return err
		case <-c.Context().Done(): // pprof has no end of its own
			if errors.Is(c.Context().Err(), context.DeadlineExceeded) {
				return c.Context().Err()
			}
			return nil
		}
	}
	return c
}

// pprof serves pprof's web interface.
func pprof(addr string, noBrowser bool, paths []string, out io.Writer) error {
	args := []string{"-http=" + addr, "-symbolize=none"}
	if noBrowser {
		args = append(args, "-no_browser")
	}
	if len(paths) > 1 {
		args = append(args, "-diff_base="+paths[1])
	}
	return driver.PProf(pprofOptions(compare.Read, out, append(args, paths[0])...))
}
