package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/google/pprof/profile"
	"github.com/spf13/cobra"

	"github.com/otelmem/otelmem-go/dump/compare"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// readBoth reads the profiles of a comparison; a path that is empty is none. Where that
// takes long, messages say how far it is.
func readBoth(ctx context.Context, base, current string, messages io.Writer) (b, c *profile.Profile, err error) {
	files := int64(1)
	if base != "" {
		files = 2
	}
	p := startProgress(messages, "reading heap profiles", files)
	defer p.end()
	if base != "" {
		if b, err = compare.ReadContext(ctx, base); err != nil {
			return nil, nil, err
		}
		p.add(1)
	}
	c, err = compare.ReadContext(ctx, current)
	return b, c, err
}

// byFlag is the flag --by.
func byFlag(c *cobra.Command, by *string) {
	keys := make([]string, 0, len(compare.Keys()))
	for _, key := range compare.Keys() {
		keys = append(keys, string(key))
	}
	c.Flags().StringVar(by, "by", keys[0], "what rows are: "+strings.Join(keys, ", "))
	choice(c, "by", keys...)
}

// choice completes a flag's values, and refuses others.
func choice(c *cobra.Command, flag string, values ...string) {
	_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	before := c.PreRunE
	c.PreRunE = func(c *cobra.Command, args []string) error {
		if value := c.Flag(flag).Value.String(); !slices.Contains(values, value) {
			return &usageError{fmt.Errorf("--%s %q: want one of %s", flag, value, strings.Join(values, ", "))}
		}
		if before != nil {
			return before(c, args)
		}
		return nil
	}
}

// profiles completes the names of heap profiles.
func profiles(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return []cobra.Completion{"gz", "pprof"}, cobra.ShellCompDirectiveFilterFileExt
}

// writeRows writes at most n rows as a table; all where n is 0.
func writeRows(w io.Writer, rows []compare.Row, n int, difference bool) error {
	shown := rows
	if n > 0 {
		shown = rows[:min(n, len(rows))]
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	heading := "IN USE\tOBJECTS\tNAME"
	if difference {
		heading = "GREW BY\tBEFORE\tNOW\tOBJECTS\tNAME"
	}
	fmt.Fprintln(t, heading)
	for i := range shown {
		r := &shown[i]
		if difference {
			fmt.Fprintf(t, "%s\t%s\t%s\t%+d\t%s\n", textfmt.SignedSize(r.Delta), textfmt.Size(r.Base), textfmt.Size(r.Now), r.DeltaObjects, rowName(r))
		} else {
			fmt.Fprintf(t, "%s\t%d\t%s\n", textfmt.Size(r.Now), r.NowObjects, rowName(r))
		}
	}
	if len(shown) < len(rows) {
		fmt.Fprintf(t, "and %d more\n", len(rows)-len(shown))
	}
	return t.Flush()
}

func rowName(r *compare.Row) string {
	name := textfmt.Printable(r.Name)
	switch {
	case r.File != "" && r.Line > 0:
		return fmt.Sprintf("%s:%d (%s)", textfmt.Printable(r.File), r.Line, name)
	case r.Category != "" && r.Category != r.Name:
		return fmt.Sprintf("%s (%s)", name, textfmt.Printable(r.Category))
	default:
		return name
	}
}
