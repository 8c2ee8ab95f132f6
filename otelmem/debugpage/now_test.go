package debugpage

import (
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem"
)

func TestTimeToLimitIsSaid(t *testing.T) {
	for want, p := range map[string]otelmem.ProcessReport{
		"no limit": {RSS: textfmt.GiB},
		"not near": {RSS: textfmt.GiB, Limit: 2 * textfmt.GiB},
		"reached":  {RSS: 2 * textfmt.GiB, Limit: 2 * textfmt.GiB},
		"1m 30s":   {RSS: textfmt.GiB, Limit: 2 * textfmt.GiB, TimeToLimit: 90 * time.Second},
	} {
		if got, note := timeToLimit(&p); got != want || note == "" {
			t.Errorf("%q (%s), want %q", got, note, want)
		}
	}
}

func TestTheVerdictHasTwoParts(t *testing.T) {
	for sentence, want := range map[string][2]string{
		"GET /a leaks: it holds 1MB. Memory grew by 2MB in 3s: live heap +1MB.": {"GET /a leaks: it holds 1MB.", "Memory grew by 2MB in 3s: live heap +1MB."},
		"Memory is steady: RSS +0MB in 3s.":                                     {"Memory is steady: RSS +0MB in 3s.", ""},
	} {
		if first, rest := parts(sentence); first != want[0] || rest != want[1] {
			t.Errorf("%q and %q, want %q", first, rest, want)
		}
	}
}

func TestMoodFollowsTheReport(t *testing.T) {
	for want, r := range map[string]*otelmem.Report{
		"steady": {},
		"grew":   {Process: otelmem.ProcessReport{RSS: 5 << 20}},
		"leak":   {Operations: []otelmem.OperationReport{{}, {Suspected: true}}},
	} {
		if got, label := mood(r); got != want || label == "" {
			t.Errorf("mood %s, want %s", got, want)
		}
	}
}
