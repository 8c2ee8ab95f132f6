package report

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// table aligns columns: the first to the left, the others as they come.
type table struct{ w *tabwriter.Writer }

func newTable(b *strings.Builder, header ...string) *table {
	t := &table{tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)}
	t.row(header...)
	return t
}

func (t *table) row(cells ...string) {
	for i, cell := range cells {
		cells[i] = textfmt.Printable(cell)
	}
	fmt.Fprintln(t.w, strings.Join(cells, "\t"))
}

func (t *table) more(rows int) {
	if rows > rowsShown {
		t.row(fmt.Sprintf("(%d more)", rows-rowsShown))
	}
}

func (t *table) flush() { _ = t.w.Flush() }
