package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/otelmem/otelmem-go/dump/compare"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// growthError says that a diff found more growth than was allowed.
type growthError struct{ grew, allowed int64 }

func (e *growthError) Error() string {
	return fmt.Sprintf("memory in use grew by %s, more than --max-growth %s allows", textfmt.Size(e.grew), textfmt.Size(e.allowed))
}

// difference is a diff as JSON. Bytes.
type difference struct {
	Base    string        `json:"base"`
	Current string        `json:"current"`
	By      compare.Key   `json:"by"`
	Total   compare.Row   `json:"total"`
	Notes   []string      `json:"notes,omitempty"`
	Rows    []compare.Row `json:"rows"`
}

func newDiff() *cobra.Command {
	var by, format, maxGrowth string
	var rows int
	c := &cobra.Command{
		Use:   "diff FIRST LAST",
		Short: "Compare two heap profiles: what grew most comes first",
		Example: `  otelmem diff first.pb.gz last.pb.gz --by line
  otelmem diff before.pb.gz after.pb.gz --max-growth 64MiB   # ends with 3 above it`,
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: profiles,
	}
	byFlag(c, &by)
	c.Flags().StringVar(&format, "format", "text", "text or json")
	choice(c, "format", "text", "json")
	c.Flags().StringVar(&maxGrowth, "max-growth", "", "end with 3 where memory in use grew by more, such as 64MiB")
	c.Flags().IntVarP(&rows, "rows", "n", 20, "how many rows of the table are shown; 0 for all")
	c.RunE = func(c *cobra.Command, args []string) error {
		allowed := int64(-1)
		if maxGrowth != "" {
			var err error
			if allowed, err = textfmt.ParseSize(maxGrowth); err != nil {
				return &usageError{fmt.Errorf("--max-growth: %w", err)}
			}
		}
		base, current, err := readBoth(c.Context(), args[0], args[1], c.ErrOrStderr())
		if err != nil {
			return err
		}
		d := difference{Base: args[0], Current: args[1], By: compare.Key(by), Notes: compare.Notes(base, current)}
		if d.Rows, err = compare.Rows(base, current, d.By); err != nil {
			return err
		}
		d.Total = compare.Sum(d.Rows)
		if err := d.write(c, format, rows); err != nil {
			return err
		}
		if allowed >= 0 && base.TimeNanos > current.TimeNanos {
			return fmt.Errorf("--max-growth: %s is newer than %s, so that growth cannot be told: swap them", args[0], args[1])
		}
		if allowed >= 0 && d.Total.Delta > allowed {
			return &growthError{d.Total.Delta, allowed}
		}
		return nil
	}
	return c
}

func (d *difference) write(c *cobra.Command, format string, rows int) error {
	if format == "json" {
		out := json.NewEncoder(c.OutOrStdout())
		out.SetIndent("", "  ")
		return out.Encode(d)
	}
	for _, note := range d.Notes {
		c.PrintErrln("Note:", textfmt.Printable(note)+".")
	}
	fmt.Fprintf(c.OutOrStdout(), "In use: %s, before %s: %s.\n\n", textfmt.Size(d.Total.Now), textfmt.Size(d.Total.Base), textfmt.SignedSize(d.Total.Delta))
	return writeRows(c.OutOrStdout(), d.Rows, rows, true)
}
