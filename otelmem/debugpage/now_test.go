package debugpage

import (
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

func TestTimeToLimitIsSaid(t *testing.T) {
	for want, p := range map[string]report.Process{
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

func TestTheHeadlineHasTwoParts(t *testing.T) {
	for want, r := range map[[2]string]*report.Report{
		{"Nothing grows.", "Memory is steady."}: {Headline: report.Headline{Mood: report.MoodSteady, Fact: "Nothing grows.", Memory: "Memory is steady."}},
		{"GET /a has kept 2MB. A leak is suspected.", "Also growing: b. Memory grew. It ends soon."}: {Headline: report.Headline{
			Mood: report.MoodLeak, Fact: "GET /a has kept 2MB.", Accusation: "A leak is suspected.", Others: "Also growing: b.", Memory: "Memory grew.", Limit: "It ends soon.",
		}},
	} {
		s := newState(r, "")
		if s.Sentence != want[0] || s.Rest != want[1] || s.Mood != r.Headline.Mood || s.Label == "" {
			t.Errorf("%q and %q (%s, %s), want %q", s.Sentence, s.Rest, s.Mood, s.Label, want)
		}
	}
}
