package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// write prints the checks as a table.
func write(w io.Writer, checks []check) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "FIGURE\tFIRST HALF\tSECOND HALF\tWANT\t")
	for _, c := range checks {
		verdict := "ok"
		if !c.holds {
			verdict = "FAILS"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", c.what, c.first, c.second, c.want, verdict)
	}
	return t.Flush()
}
