package main

import (
	"github.com/spf13/cobra"

	"github.com/otelmem/otelmem-go/dump/compare"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

func newTop() *cobra.Command {
	var by string
	var rows int
	c := &cobra.Command{
		Use:               "top FILE",
		Short:             "What holds most in a heap profile",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: profiles,
	}
	byFlag(c, &by)
	c.Flags().IntVarP(&rows, "rows", "n", 20, "how many rows are shown; 0 for all")
	c.RunE = func(c *cobra.Command, args []string) error {
		_, p, err := readBoth(c.Context(), "", args[0], c.ErrOrStderr())
		if err != nil {
			return err
		}
		for _, note := range compare.Notes(nil, p) {
			c.PrintErrln("Note:", textfmt.Printable(note)+".")
		}
		all, err := compare.Rows(nil, p, compare.Key(by))
		if err != nil {
			return err
		}
		return writeRows(c.OutOrStdout(), all, rows, false)
	}
	return c
}
