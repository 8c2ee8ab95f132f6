package drive

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// Never is the time of what did not happen.
const Never = -1

// Outcome is what a run showed. Times are seconds since growth set in.
type Outcome struct {
	// Fact is when the first sentence was right first.
	Fact float64
	// Accusation is when the leak was accused first.
	Accusation float64
	// TakenBack is how often the accusation ended while the leak went on.
	TakenBack int
	// Accused are the innocents that were accused, each with when, and the leak
	// itself where that was before it set in.
	Accused []string
	// Countdown says that a limit was said to be near where nothing leaks.
	Countdown bool
	// RightAtEnd says whether the last first sentence was right.
	RightAtEnd bool
	// Last is the last headline.
	Last string
}

// Judge compares what was said with the truth.
func (run *Run) Judge() Outcome {
	o := Outcome{Fact: Never, Accusation: Never}
	c := run.Case
	accused := false
	for i := range run.Readings {
		r := &run.Readings[i]
		at := r.Seconds - run.Options.Onset.Seconds()
		o.Last, o.RightAtEnd = r.Headline, c.Leaks() && right(c, r)
		if o.RightAtEnd && at >= 0 && o.Fact < 0 {
			o.Fact = at
		}
		before := accused
		accused = o.takeAccusations(c, r, at)
		if before && !accused {
			o.TakenBack++
		}
		o.Countdown = o.Countdown || r.Countdown && !c.Leaks()
	}
	return o
}

// takeAccusations takes in whom one reading accuses, whose sentence was judged, and says
// whether the leak is among them.
func (o *Outcome) takeAccusations(c *service.Case, r *service.Reading, at float64) bool {
	accused := r.Accuses && o.RightAtEnd && at >= 0
	if accused && o.Accusation < 0 {
		o.Accusation = at
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		switch {
		case !row.Accused:
		case c.Is(row.Name) && at >= 0:
			accused = true
			if o.Accusation < 0 {
				o.Accusation = at
			}
		case !slices.ContainsFunc(o.Accused, func(s string) bool { return strings.HasPrefix(s, row.Name+" at ") }):
			o.Accused = append(o.Accused, fmt.Sprintf("%s at %.0f s", row.Name, r.Seconds))
		}
	}
	return accused
}

// Verdict is ok, or what is wrong.
func (o *Outcome) Verdict(leaks bool) string {
	var wrong []string
	add := func(is bool, what string) {
		if is {
			wrong = append(wrong, what)
		}
	}
	if leaks {
		add(o.Fact < 0, "NO FACT")
		add(o.Fact >= 0 && !o.RightAtEnd, "WRONG AT THE END")
		add(o.Accusation < 0, "not accused")
		add(o.TakenBack > 0, "TAKEN BACK")
	}
	add(len(o.Accused) > 0, "INNOCENT ACCUSED")
	add(o.Countdown, "FALSE COUNTDOWN")
	if len(wrong) == 0 {
		return "ok"
	}
	return strings.Join(wrong, ", ")
}

// seconds is a time as the table has it.
func seconds(s float64) string {
	if s < 0 {
		return "-"
	}
	return (time.Duration(s) * time.Second).String()
}
