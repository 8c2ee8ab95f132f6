package conclusions

import (
	"strings"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

const mb = textfmt.MiB

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// reportOf is a report at noon, an hour after the start, of a process whose resident
// set and live heap grew by so much.
func reportOf(grew int64, operations ...report.Operation) *report.Report {
	return &report.Report{
		Time: noon, Began: noon.Add(-time.Hour),
		Baseline:   report.Process{RSS: 50 * mb, Live: 10 * mb},
		Process:    report.Process{RSS: 50*mb + grew, Live: 10*mb + grew},
		Operations: operations,
	}
}

// rise is a growth that goes on, of the last ten minutes.
func rise(bytes int64) *report.Rise {
	return &report.Rise{Since: noon.Add(-10 * time.Minute), Until: noon, Bytes: bytes, Allocated: 4 * bytes, Steadiness: 10, Ongoing: true}
}

// growing is an operation whose live bytes rise.
func growing(name string, bytes int64) report.Operation {
	return report.Operation{Name: name, Rate: float64(mb) / 60, Rise: rise(bytes), By: report.ByTag}
}

// suspected is an operation that is suspected to leak, for two minutes.
func suspected(name string, bytes int64) report.Operation {
	o := growing(name, bytes)
	o.Suspected, o.SuspectedSince = true, noon.Add(-2*time.Minute)
	return o
}

func TestTheMoodIsALeakOnlyWhereOneIsSuspected(t *testing.T) {
	ended := growing("fills", 40*mb)
	ended.Rise.Ongoing = false
	for name, test := range map[string]struct {
		report     *report.Report
		mood       report.Mood
		accusation string
	}{
		"nothing grows":                     {reportOf(mb), report.MoodSteady, ""},
		"the process grew, by nobody known": {reportOf(40 * mb), report.MoodGrew, ""},
		"an operation rises":                {reportOf(mb, growing("rises", 40*mb)), report.MoodGrew, ""},
		"an operation has risen":            {reportOf(mb, ended), report.MoodSteady, ""},
		"an operation is suspected":         {reportOf(mb, suspected("leaks", 40*mb)), report.MoodLeak, "A leak is suspected from 11:58:00 on."},
	} {
		if h := Headline(test.report); h.Mood != test.mood || h.Accusation != test.accusation {
			t.Errorf("%s: mood %q, accusation %q, want %q and %q", name, h.Mood, h.Accusation, test.mood, test.accusation)
		}
	}
}

func TestTheSuspectedComeFirstAndThenWhatExplainsMost(t *testing.T) {
	unsteady := growing("unsteady", 200*mb) // hardly more than its uncertainty
	unsteady.Rise.Steadiness = 1.1
	h := Headline(reportOf(300*mb,
		growing("small", 20*mb), growing("large", 100*mb), unsteady, suspected("leaks", 10*mb), growing("middle", 50*mb)))
	if h.Subject != "leaks" || h.Others != "Also growing: large +100MB, middle +50MB and 2 more." {
		t.Errorf("subject %q, others %q", h.Subject, h.Others)
	}
	two := Headline(reportOf(300*mb, suspected("less", 10*mb), suspected("more", 20*mb), growing("large", 100*mb)))
	if two.Subject != "more" || two.Others != "Also growing: less +10MB (a leak is suspected), large +100MB." {
		t.Errorf("subject %q, others %q", two.Subject, two.Others)
	}
}

func TestTheFactSaysWhatIsKeptOfWhatWasAllocatedAndWhere(t *testing.T) {
	o := growing("GET /api/records", 40*mb)
	o.Sites = []report.Site{{Function: "main.keep", File: "keep.go", Line: 7}}
	if h := Headline(reportOf(40*mb, o)); h.Fact != "GET /api/records has kept 40MB of the 160MB that it allocated in 10m0s, +1.0MB/min, from keep.go:7 (main.keep)." {
		t.Errorf("fact %q", h.Fact)
	}
	o.Rise.Allocated = o.Rise.Bytes
	if h := Headline(reportOf(40*mb, o)); !strings.HasPrefix(h.Fact, "GET /api/records has kept all of the 40MB that it allocated") {
		t.Errorf("fact %q", h.Fact)
	}
}

func TestWhatNobodyCanMendIsNoSubject(t *testing.T) {
	if h := Headline(reportOf(mb, suspected(report.NoApplication, 90*mb))); h.Subject != "" || h.Mood != report.MoodSteady {
		t.Errorf("subject %q, mood %q", h.Subject, h.Mood)
	}
	holds := report.Operation{Name: report.NoApplication, Live: 90 * mb}
	if h := Headline(reportOf(90*mb, holds)); strings.Contains(h.Fact, report.NoApplication) {
		t.Errorf("fact %q", h.Fact)
	}
}

func TestMemoryOutsideGoIsASubjectFromEightMegabytesOn(t *testing.T) {
	outside := func(bytes, during int64) report.Headline {
		o := report.Operation{Name: "resize", Growth: report.SpanGrowth{External: during}}
		r := reportOf(bytes, report.Operation{Name: "idle"}, o)
		r.Process.ExternalRise, r.Process.ExternalRate = rise(bytes), float64(mb)/60
		return Headline(r)
	}
	if h := outside(outsideFrom-1, outsideFrom); h.Subject != "" {
		t.Errorf("less is told of: %q", h.Subject)
	}
	if h := outside(outsideFrom, outsideFrom); h.Subject != "resize (outside Go)" ||
		h.Fact != "Resident memory outside Go's heap grew by 8.0MB in 10m0s, +1.0MB/min, most of it while resize ran: +8.0MB." {
		t.Errorf("subject %q, fact %q", h.Subject, h.Fact)
	}
	// Short spans see a part of it.
	if h := outside(8*outsideFrom, outsideFrom); h.Subject != "resize (outside Go)" || !strings.HasSuffix(h.Fact, "; of 8.0MB that spans saw, 8.0MB came while resize ran.") {
		t.Errorf("subject %q, fact %q", h.Subject, h.Fact)
	}
	r := reportOf(80*mb, report.Operation{Name: "a", Growth: report.SpanGrowth{External: 8 * mb}}, report.Operation{Name: "b", Growth: report.SpanGrowth{External: 7 * mb}},
		report.Operation{Name: "c", Growth: report.SpanGrowth{External: 7 * mb}})
	r.Process.ExternalRise = rise(80 * mb)
	if h := Headline(r); h.Subject != "memory outside Go" {
		t.Errorf("subject %q of three alike", h.Subject)
	}
	if h := outside(outsideFrom, leastOutside-1); h.Subject != "memory outside Go" {
		t.Errorf("subject %q, where no operation stands out", h.Subject)
	}
}

// Goroutines hold what their operation holds: a headline that named both would count
// the growth twice.
func TestGoroutinesOfAnOperationThatGrowsAreInItsFact(t *testing.T) {
	since := noon.Add(-5 * time.Minute)
	blocked := report.Goroutines{
		Operation: "GET /wait", Starter: "main.serve", Function: "main.wait", Place: "wait.go:9", Count: 600, GrowthPerMinute: 60, Since: since,
		Meaning: "it receives from a channel", Suspected: true,
	}
	const fact = "600 goroutines started by main.serve, +60/min, are blocked at wait.go:9 (main.wait): it receives from a channel."
	r := reportOf(40*mb, growing("GET /wait", 40*mb))
	r.Goroutines = []report.Goroutines{blocked}
	h := Headline(r)
	if h.Subject != "GET /wait" || !strings.HasSuffix(h.Fact, "; "+fact) || h.Others != "" {
		t.Errorf("subject %q, fact %q, others %q", h.Subject, h.Fact, h.Others)
	}
	if h.Mood != report.MoodLeak || h.Accusation != "A leak is suspected from 11:55:00 on." {
		t.Errorf("mood %q, accusation %q, want that of the goroutines", h.Mood, h.Accusation)
	}

	r.Operations = nil // too little to be judged
	if h := Headline(r); h.Subject != "GET /wait" || h.Fact != "GET /wait: "+fact || h.Mood != report.MoodLeak {
		t.Errorf("alone: subject %q, fact %q, mood %q", h.Subject, h.Fact, h.Mood)
	}

	r.Operations = []report.Operation{growing("another", 40*mb)}
	if h := Headline(r); h.Subject != "GET /wait" || h.Others != "Also growing: another +40MB." {
		t.Errorf("beside another operation: subject %q, others %q", h.Subject, h.Others)
	}

	r.Goroutines[0].GrowthPerMinute = 0
	if h := Headline(r); h.Subject != "another" || strings.Contains(h.String(), "goroutines") {
		t.Errorf("goroutines that do not become more: %s", h)
	}
}

// Where no tag is, an operation is the function that it begins with.
func TestGoroutinesWithoutAnOperationBelongToTheFunctionThatStartedThem(t *testing.T) {
	r := reportOf(40*mb, growing("main.serve", 40*mb))
	r.Goroutines = []report.Goroutines{{Starter: "main.serve", Function: "main.wait", Place: "wait.go:9", Count: 600, GrowthPerMinute: 60}}
	if h := Headline(r); h.Others == "" {
		t.Errorf("goroutines are those of an operation of the same name: %s", h)
	}
	r.Operations[0].By = report.ByCode
	if h := Headline(r); h.Others != "" || !strings.Contains(h.Fact, "600 goroutines") {
		t.Errorf("one growth is told of twice: %s", h)
	}
}

// Of a goroutine that a library started only the library is known. What the same
// function of the library allocated has the application's line.
func TestGoroutinesOfALibraryBelongToWhomTheLibraryAllocatesFor(t *testing.T) {
	const start = "example.com/pool/v2.(*Pool).Start"
	r := reportOf(40*mb, growing("reload_config", 40*mb))
	r.Operations[0].Sites = []report.Site{{Function: "main.reload", File: "main.go", Line: 25, Bytes: 40 * mb, Via: "example.com/pool/pool.go:9 (pool.(*Pool).Start)"}}
	r.Goroutines = []report.Goroutines{{Starter: start, Function: "example.com/pool/v2.loop", Place: "pool.go:30", Count: 600, GrowthPerMinute: 60, Suspected: true, Since: noon}}
	if h := Headline(r); h.Subject != "reload_config" || h.Others != "" || !strings.Contains(h.Fact, "main.go:25") || !strings.Contains(h.Fact, "600 goroutines") || h.Mood != report.MoodLeak {
		t.Errorf("%s", h)
	}
	r.Operations[0].Sites[0].Via = "example.com/other/other.go:12 (other.Start)"
	if h := Headline(r); strings.Contains(h.Fact, "reload_config") && strings.Contains(h.Fact, "goroutines") {
		t.Errorf("who allocates in another library started them: %s", h)
	}
}

// The goroutines bear the name of the operation that started them; what they run has
// no tag.
func TestWhatGoroutinesOfAnOperationHoldIsTheOperations(t *testing.T) {
	const scan = "example.com/log.(*Entry).scan"
	o := growing(scan, 40*mb)
	o.By = report.ByCode
	r := reportOf(60*mb, o)
	r.Goroutines = []report.Goroutines{{Operation: "GET /proxy", Starter: scan, Function: scan, Place: "log.go:3", Count: 600, GrowthPerMinute: 60}}
	h := Headline(r)
	if h.Subject != "GET /proxy" || h.Others != "" || !strings.HasPrefix(h.Fact, "GET /proxy: 600 goroutines started by log.(*Entry).scan, +60/min, are blocked at log.go:3 (log.(*Entry).scan); log.(*Entry).scan has kept 40MB of the ") {
		t.Errorf("subject %q: %s", h.Subject, h)
	}
}

// Where an operation leaves two goroutines behind each time, as a client's connection
// is, they are one growth.
func TestAllGoroutinesOfAnOperationAreOneSubject(t *testing.T) {
	since := noon.Add(-time.Minute)
	reads := report.Goroutines{Operation: "GET /rates", Function: "net/http.read", Place: "t.go:1", Count: 500, GrowthPerMinute: 480, Since: since, Meaning: "a body is not closed"}
	writes := report.Goroutines{Operation: "GET /rates", Function: "net/http.write", Place: "t.go:2", Count: 490, GrowthPerMinute: 470, Since: since, Suspected: true}
	r := reportOf(40*mb, growing("fills", 12*mb))
	r.Goroutines = []report.Goroutines{reads, writes}
	h := Headline(r)
	const fact = "GET /rates: 500 goroutines, +480/min, are blocked at t.go:1 (http.read): a body is not closed; and 490 more elsewhere, +470/min"
	if h.Fact != fact+"." || h.Others != "Also growing: fills +12MB." || h.Mood != report.MoodLeak {
		t.Errorf("%s", h)
	}
	r.Operations = append(r.Operations, report.Operation{Name: "GET /rates", Live: 3 * mb, Sites: []report.Site{{Function: "main.rates", File: "rates.go", Line: 7}}})
	if h := Headline(r); h.Fact != fact+"; it holds 3.0MB, from rates.go:7 (main.rates)." {
		t.Errorf("%s", h)
	}
}

func TestGoroutinesThatALibraryStartsAreOneSubjectByTheirPackage(t *testing.T) {
	group := func(function, meaning string) report.Goroutines {
		return report.Goroutines{Function: function, Place: "t.go:1", Count: 500, GrowthPerMinute: 480, Since: noon.Add(-time.Minute), Meaning: meaning}
	}
	r := reportOf(40*mb, growing("fills", 12*mb))
	r.Goroutines = []report.Goroutines{group("net/http.(*conn).serve", ""), group("net/http.(*persistConn).readLoop", "a body is not closed"), group("example.com/pool.run", "")}
	h := Headline(r)
	if h.Fact != "500 goroutines, +480/min, are blocked at t.go:1 (http.(*persistConn).readLoop): a body is not closed; and 500 more elsewhere, +480/min." {
		t.Errorf("%s", h)
	}
	if h.Others != "Also growing: fills +12MB, pool.run +480 goroutines/min." {
		t.Errorf("others %q", h.Others)
	}
}

func TestGoroutinesOfAnOperationCountForItsPlace(t *testing.T) {
	r := reportOf(40*mb, growing("fills", 12*mb), growing("reload", 6*mb))
	r.Goroutines = []report.Goroutines{{Operation: "reload", Function: "main.run", Place: "r.go:1", Count: 2800, GrowthPerMinute: 2900, Since: noon.Add(-time.Minute)}}
	if h := Headline(r); h.Subject != "reload" {
		t.Errorf("%s", h)
	}
}

func TestFunctionsInTheHeadlineAreWithoutTheirImportPaths(t *testing.T) {
	const function = "github.com/acme/shop/store.(*index).add"
	o := growing(function, 40*mb)
	o.By = report.ByCode
	o.Sites = []report.Site{{Function: function, File: "store/index.go", Line: 7, Bytes: 40 * mb}}
	r := reportOf(60*mb, o)
	r.Goroutines = []report.Goroutines{{Starter: "github.com/acme/shop/mail.Send", Function: "github.com/acme/shop/mail.send", Place: "mail.go:3", Count: 600, GrowthPerMinute: 60}}
	h := Headline(r)
	if h.Subject != function || strings.Contains(h.String(), "github.com") || !strings.Contains(h.Fact, "store/index.go:7 (store.(*index).add)") || !strings.HasPrefix(h.Others, "Also growing: mail.Send ") {
		t.Errorf("subject %q: %s", h.Subject, h)
	}
}

func TestWhereNothingRisesTheFactIsWhatStoppedOrWhatIsHeld(t *testing.T) {
	stopped := report.Operation{Name: "cache", Verdict: report.Plateau, Ended: noon, Evidence: "stands still since 11:50", Live: 90 * mb}
	holds := report.Operation{Name: "starts", Live: 40 * mb, Allocated: 50 * mb, History: make([]report.OperationPoint, 2)}
	watched := holds
	watched.History = make([]report.OperationPoint, 3)
	rose := report.Operation{Name: "filled", Live: 32 * mb, Rise: &report.Rise{Bytes: 30 * mb, Allocated: 31 * mb, Until: noon}, History: make([]report.OperationPoint, 9)}
	const nothing = "Nothing grows that the heap profile shows."
	for name, test := range map[string]struct {
		report *report.Report
		fact   string
	}{
		"an accused growth has ended": {reportOf(90*mb, holds, stopped), "cache stands still since 11:50."},
		"one reading":                 {reportOf(90*mb, holds), "starts holds 40MB of the 50MB that it has allocated; whether that grows, the next readings tell."},
		"more readings":               {reportOf(90*mb, watched), nothing},
		"one reading, after standby":  {reportOf(mb, holds), "starts holds 40MB of the 50MB that it has allocated; whether that grows, the next readings tell."},
		"a rise that has stopped":     {reportOf(90*mb, watched, rose), "filled rose by 30MB until 12:00:00 and has not grown since: it holds 32MB."},
		"nothing is held":             {reportOf(90 * mb), nothing},
	} {
		if h := Headline(test.report); h.Fact != test.fact || h.Subject != "" {
			t.Errorf("%s: fact %q of %q, want %q", name, h.Fact, h.Subject, test.fact)
		}
	}
}

func TestTheHeadlineSaysHowMemoryChangedAndWhenTheLimitIsReached(t *testing.T) {
	for name, test := range map[string]struct {
		report *report.Report
		memory string
	}{
		"steady": {reportOf(mb), "Memory is steady: RSS +1.0MB in 1h0m."},
		"grew":   {reportOf(40 * mb), "Memory grew by 40MB in 1h0m: live heap +40MB, outside Go +0MB."},
		"shared": {&report.Report{Time: noon, Began: noon.Add(-time.Minute), Process: report.Process{RSS: 200 * mb, FileBacked: 190 * mb}},
			"Memory grew by 200MB in 1m0s: live heap +0MB, outside Go +0MB, mapped files and shared memory +190MB."},
		"unknown": {&report.Report{Time: noon, Began: noon.Add(-time.Minute), Process: report.Process{Live: mb}}, "Memory in 1m0s: live heap +1.0MB; the resident set is not known here."},
		"shrank, though the heap grew": {&report.Report{Time: noon, Began: noon.Add(-time.Minute),
			Baseline: report.Process{RSS: 100 * mb}, Process: report.Process{RSS: 80 * mb, Live: 20 * mb}}, "Memory shrank by 20MB in 1m0s: live heap +20MB, outside Go +0MB."},
	} {
		h := Headline(test.report)
		if h.Memory != test.memory || h.Limit != "" {
			t.Errorf("%s: %q, limit %q, want %q", name, h.Memory, h.Limit, test.memory)
		}
	}
	r := reportOf(40 * mb)
	r.Process.Limit, r.Process.LimitSource, r.Process.TimeToLimit = textfmt.GiB, memstat.SourceCgroup, 90*time.Second
	if h := Headline(r); h.Limit != "At this rate the limit of 1.0GB (cgroup) is reached in 1m30s." {
		t.Errorf("limit %q", h.Limit)
	}
}

func TestNamesInTheHeadlineArePrintable(t *testing.T) {
	h := Headline(reportOf(mb, growing("evil\x1b[31m\nname", 40*mb), growing("also\x1b[31m", 30*mb)))
	if strings.ContainsAny(h.String()+h.Subject, "\x1b\n") {
		t.Errorf("headline %q", h)
	}
}
