package setups

import (
	"os"
	"strings"
	"testing"
)

// Each line of the page names the rows that prove it, and each row is in the page.
func TestThePageHasEachRow(t *testing.T) {
	page, err := os.ReadFile("../SETUPS.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := make(map[string]int)
	for _, r := range table {
		rows[r.name] = 0
	}
	for _, r := range leakTable {
		rows[r.name] = 0
	}
	lines := 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 6 || strings.HasPrefix(cells[1], "---") || strings.TrimSpace(cells[4]) == "Rows" {
			continue
		}
		lines++
		for name := range strings.SplitSeq(cells[4], ";") {
			name = strings.TrimSpace(name)
			if _, ok := rows[name]; !ok {
				t.Errorf("no row is %q, of the line %q", name, strings.TrimSpace(cells[1]))
			}
			rows[name]++
		}
	}
	for name, n := range rows {
		if n == 0 {
			t.Errorf("the page lacks the row %q", name)
		}
	}
	if lines == 0 {
		t.Error("the page has no line")
	}
}
