package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// short is a dozen cases, each of another kind, that show what they do in some
// seconds.
var short = []string{
	"map-by-user", "append-on-struct", "lru-broken", "subslice-kept", "listener-not-removed", "job-results",
	"blocked-send", "blocked-receive", "mmap-not-unmapped",
	"pool-churn", "table-at-start", "json-churn",
}

// choose returns the cases that -case names.
func choose(names string) ([]*service.Case, error) {
	all := service.Cases()
	switch names {
	case "all":
		return all, nil
	case "leaks", "innocents":
		return slices.DeleteFunc(all, func(c *service.Case) bool { return c.Leaks() != (names == "leaks") }), nil
	case "short":
		return slices.DeleteFunc(all, func(c *service.Case) bool { return !slices.Contains(short, c.Name) }), nil
	}
	return find(strings.Split(names, ","))
}

// find returns the cases of these names.
func find(names []string) ([]*service.Case, error) {
	var found []*service.Case
	for _, name := range names {
		c := service.Find(name)
		if c == nil {
			return nil, fmt.Errorf("-case %q: no such case here; see -list", name)
		}
		found = append(found, c)
	}
	return found, nil
}

// list writes the cases with their truth.
func list(w io.Writer, cases []*service.Case) {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "CASE\tKIND\tOPERATION\tLINES")
	for _, c := range cases {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", c.Name, c.Kind, c.Operation, strings.Join(c.Lines(), " "))
	}
	_ = t.Flush()
}
