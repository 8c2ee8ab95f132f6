package health

import (
	"slices"
	"testing"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

func TestAPartIsLoggedOnceEachTimeItTurnsOff(t *testing.T) {
	var p Parts
	fresh := func(want ...report.DisabledPart) {
		t.Helper()
		if got := p.Fresh(); !slices.Equal(got, want) {
			t.Errorf("fresh %v, want %v", got, want)
		}
	}
	p.Disable("dumps", "the disk is full")
	p.Disable("dumps", "another reason")
	fresh(report.DisabledPart{Part: "dumps", Reason: "the disk is full"})
	p.Disable("log file", "read-only")
	fresh(report.DisabledPart{Part: "log file", Reason: "read-only"})
	p.Restore("dumps")
	p.Restore("dumps")
	fresh()
	if got := p.List(); len(got) != 1 || got[0].Part != "log file" {
		t.Errorf("%v are off, want the log file alone", got)
	}
	p.Disable("dumps", "full again")
	fresh(report.DisabledPart{Part: "dumps", Reason: "full again"})
}
