package conclusions

import (
	"strings"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

func TestOperationsWhoseSpansDoNotEndAreNamed(t *testing.T) {
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	of := func(name string, count, long int) report.Operation {
		return report.Operation{Name: name, InFlight: &report.InFlight{Count: count, Long: long, Oldest: now.Add(-2 * time.Hour)}}
	}
	found := InFlight([]report.Operation{of("jobs", 5, 5), {Name: "no spans"}, of("busy", 5000, 0), of("a", 30, 20), of("stream", 2000, 1558), of("b", 30, 21), of("c", 40, 30)}, now)
	var texts []string
	for _, f := range found {
		texts = append(texts, f.Evidence)
	}
	all := strings.Join(texts, "\n")
	if len(found) != operationsInFlight || !strings.HasPrefix(all, "1558 spans of stream have been in flight for ten minutes or more, the oldest for 2h0m") {
		t.Errorf("found %q", texts)
	}
	for _, name := range []string{"jobs", "busy", "of a "} {
		if strings.Contains(all, name) {
			t.Errorf("%s is named: %q", name, texts)
		}
	}
}
