package debugpage

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/dump/compare"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// state is what the first page shows, as its template and its script get it.
type state struct {
	Time     time.Time   `json:"-"`
	Mood     report.Mood `json:"mood"`
	Label    string      `json:"label"` // the mood in words
	Sentence string      `json:"sentence"`
	// Rest is what else grows, and the process.
	Rest     string    `json:"rest"`
	Facts    []fact    `json:"facts"`
	Top      []holder  `json:"top"`
	Findings []finding `json:"findings"`
	Off      []string  `json:"off"`
	// Compare is the way to what changed between the first and the last dump.
	Compare string `json:"compare"`
	// Profile says how old the figures by operation are.
	Profile string `json:"profile"`
}

// fact is a figure of the process.
type fact struct {
	Label string `json:"label"`
	Value string `json:"value"`
	Note  string `json:"note"`
}

// holder is one of the operations that hold most.
type holder struct {
	Name    string `json:"name"`
	Live    string `json:"live"`
	Error   string `json:"error"`
	Verdict string `json:"verdict"`
	Leaks   bool   `json:"leaks"`
	Rate    string `json:"rate"`
	Site    string `json:"site"`
	// Path is Site with all of its path, Function the function it is in.
	Path     string `json:"path"`
	Function string `json:"function"`
}

type finding struct {
	Pattern  string `json:"pattern"`
	Evidence string `json:"evidence"`
	Next     string `json:"next"`
}

// holdersShown is how many operations the first page shows.
const holdersShown = 5

func (h *handler) now(w http.ResponseWriter, r *http.Request) {
	v, err := h.latest.look()
	if err != nil {
		h.fail(w, r, http.StatusInternalServerError, err.Error())
		return
	}
	h.show(w, r, http.StatusOK, "now", pageNow, "Now", newState(v.report, h.latest.comparison(v)))
}

// newState shows a report; compare is the way to what changed between dumps.
func newState(r *report.Report, compare string) *state {
	s := &state{Time: r.Time, Mood: r.Headline.Mood, Label: moods[r.Headline.Mood], Facts: facts(r), Compare: compare}
	s.Sentence, s.Rest = shown(r.Headline.First()), shown(r.Headline.Rest())
	for i := range r.Operations {
		if o := &r.Operations[i]; o.Live > 0 && len(s.Top) < holdersShown {
			s.Top = append(s.Top, newHolder(o))
		}
	}
	for _, f := range r.Findings {
		s.Findings = append(s.Findings, finding{Pattern: capital(f.Pattern), Evidence: shown(f.Evidence), Next: f.Next})
	}
	for _, notice := range r.Notices {
		s.Off = append(s.Off, shown(capital(notice)+"."))
	}
	for _, part := range r.Disabled {
		s.Off = append(s.Off, shown(part.Part+" is off: "+part.Reason))
	}
	if r.ProfileTime.IsZero() {
		s.Profile = "The heap profile has not been read yet."
	} else {
		s.Profile = "By the heap profile of " + r.ProfileTime.Local().Format("15:04:05") + ": live after one of the last two collections."
	}
	return s
}

// moods are a headline's moods in words.
var moods = map[report.Mood]string{
	report.MoodLeak:   "Leak suspected",
	report.MoodGrew:   "Memory grew; whether it is a leak is not known yet",
	report.MoodSteady: "Nothing grows",
}

// headline is the whole of it on one line, fit to be shown.
func headline(h report.Headline) string { return shown(h.String()) }

func facts(r *report.Report) []fact {
	now, start := &r.Process, &r.Baseline
	since := func(now, start int64) string { return textfmt.SignedSize(now-start) + " since start" }
	left, note := timeToLimit(now)
	return []fact{
		{"Resident", textfmt.Size(now.RSS), since(now.RSS, start.RSS)},
		{"Live heap", textfmt.Size(now.Live), since(now.Live, start.Live)},
		{"Outside Go", textfmt.Size(now.External), since(now.External, start.External)},
		{"Goroutines", count(now.Goroutines), fmt.Sprintf("%+d since start", now.Goroutines-start.Goroutines)},
		{"Time to limit", left, note},
	}
}

func timeToLimit(p *report.Process) (value, note string) {
	switch {
	case p.Limit == 0:
		return "no limit", "neither cgroup nor GOMEMLIMIT"
	case cmp.Or(p.LimitUsed, p.RSS) >= p.Limit:
		return "reached", fmt.Sprintf("limit %s (%s)", textfmt.Size(p.Limit), p.LimitSource)
	case p.TimeToLimit == 0:
		return "not near", fmt.Sprintf("limit %s (%s)", textfmt.Size(p.Limit), p.LimitSource)
	default:
		return duration(p.TimeToLimit), fmt.Sprintf("to %s (%s)", textfmt.Size(p.Limit), p.LimitSource)
	}
}

func newHolder(o *report.Operation) holder {
	h := holder{Name: shown(o.Name), Live: textfmt.Size(o.Live), Error: textfmt.Size(o.LiveError), Verdict: string(o.Verdict), Leaks: o.Suspected}
	if o.Suspected {
		h.Rate = textfmt.SignedSize(int64(o.Rate*60)) + "/min"
	}
	if len(o.Sites) > 0 {
		s := o.Sites[0]
		h.Site, h.Path, h.Function = source(s.Function, s.File, int64(s.Line)), shown(fmt.Sprintf("%s:%d", s.File, s.Line)), shortFunction(s.Function)
	}
	return h
}

// nameOf is the identity of a dump: its file's name.
func nameOf(e *dump.Entry) string { return filepath.Base(e.Path) }

func compareURL(base, current string, by compare.Key) string {
	return "compare?" + url.Values{"base": {base}, "current": {current}, "by": {string(by)}}.Encode()
}

func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
