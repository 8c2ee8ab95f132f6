package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/internal/watch"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// plainLines are for a pipe, or a log: a line where something is new, the answer last.
type plainLines struct {
	out  io.Writer
	said map[*watch.Program]string // the last line, without figures
}

func (p *plainLines) run(context.Context) {}

func (p *plainLines) note(text string) { fmt.Fprintln(p.out, textfmt.Printable(text)) }

func (p *plainLines) show(e *watch.Event) {
	r := e.Program.Report()
	text, figureless := news(e, r)
	if p.said[e.Program] == figureless {
		return
	}
	p.said[e.Program] = figureless
	fmt.Fprintf(p.out, "%s %s: %s\n", e.Profiles.Time.Format(time.TimeOnly), textfmt.Printable(e.Program.Name()), textfmt.Printable(text))
}

// news is what a reading says, and the same without figures that change all the time.
func news(e *watch.Event, r *report.Report) (text, figureless string) {
	h := r.Headline
	switch {
	case e.Taken.Err != nil:
		return e.Taken.Err.Error(), e.Taken.Err.Error()
	case e.Taken.Restarted:
		return "it was restarted: what was said before is of the process before", "restarted" + r.Began.String()
	case e.Taken.First:
		return fmt.Sprintf("%s live, %s allocated so far; the second reading says what grows", textfmt.Size(r.Process.Live), textfmt.Size(allocated(r))), "first"
	}
	return h.First(), fmt.Sprint(h.Mood, h.Subject, h.Accusation)
}

func allocated(r *report.Report) (sum int64) {
	for i := range r.Operations {
		sum += r.Operations[i].Allocated
	}
	return sum
}

func (p *plainLines) answer(programs []*watched) { writeAnswers(p.out, programs) }

// writeAnswers writes what is known of each program in the end.
func writeAnswers(out io.Writer, programs []*watched) {
	for _, p := range programs {
		r := p.Report()
		answer, why := p.Answer()
		if n, _ := p.Readings(); n == 0 {
			fmt.Fprintf(out, "\n%s: cannot say: %s\n", textfmt.Printable(p.String()), textfmt.Printable(why))
			continue
		}
		if answer == watch.CannotSay {
			r.Notices = append(r.Notices, "whether it leaks cannot be said: "+why)
		}
		fmt.Fprintf(out, "\n%s: ", textfmt.Printable(p.Name()))
		_, _ = r.WriteTo(out)
	}
}

// jsonLines are a line of JSON a reading.
type jsonLines struct{ out io.Writer }

func (*jsonLines) run(context.Context) {}

func (*jsonLines) answer([]*watched) {}

func (*jsonLines) note(string) {}

// line is what is said of a reading.
type line struct {
	Time     time.Time `json:"time"`
	Service  string    `json:"service"`
	Instance string    `json:"instance"`
	Reading  int       `json:"reading"`
	// Error is why it was no reading. Then Report is as of the last one.
	Error     string         `json:"error,omitempty"`
	Restarted bool           `json:"restarted,omitempty"`
	Report    *report.Report `json:"report"`
}

func (j *jsonLines) show(e *watch.Event) {
	n, _ := e.Program.Readings()
	l := line{Time: e.Profiles.Time, Service: e.Program.Name(), Instance: e.Program.Instance(), Reading: n, Restarted: e.Taken.Restarted, Report: e.Program.Report()}
	if e.Taken.Err != nil {
		l.Error = e.Taken.Err.Error()
	}
	_ = json.NewEncoder(j.out).Encode(&l)
}

// kept says on standard error what was written to --out.
func (w *watching) kept(file *dump.File, err error) {
	switch {
	case err != nil:
		fmt.Fprintf(w.err, "otelmem: --out %s: %s\n", textfmt.Printable(w.watchSettings.out), textfmt.Printable(err.Error()))
	case file != nil:
		w.show.note("kept " + file.Path)
	}
}
