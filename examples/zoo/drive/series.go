package drive

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// series is a run as it is recorded, to try detectors on: a line of JSON. Bytes
// unless said.
type series struct {
	Run   string       `json:"run"`
	Truth string       `json:"truth"` // an operation, or none
	Kind  service.Kind `json:"kind"`
	// Leaks are the rows that are the leak.
	Leaks []string `json:"leaks"`
	// Onset is when growth set in, in seconds; Lines are right answers.
	Onset float64  `json:"onset"`
	Lines []string `json:"lines,omitempty"`
	// Process has [seconds, GC cycles, RSS, live heap, outside Go, goroutines].
	Process [][6]float64          `json:"process"`
	Rows    map[string]*seriesRow `json:"rows"`
}

type seriesRow struct {
	By    string   `json:"by"`
	Lines []string `json:"lines"` // at the end
	// Points have [seconds, GC cycles, live, its standard error, allocated, calls,
	// goroutines].
	Points [][7]float64 `json:"points"`
}

// WriteSeries writes the run as a line of JSON.
func (run *Run) WriteSeries(w io.Writer) error {
	c := run.Case
	s := series{
		Run:   fmt.Sprintf("%s-%s", c.Name, run.Options.Variant),
		Truth: "none",
		Kind:  c.Kind,
		Leaks: []string{},
		Onset: run.Options.Onset.Seconds(),
		Lines: c.Lines(),
		Rows:  make(map[string]*seriesRow),
	}
	if c.Leaks() {
		s.Truth = c.Operation
	}
	for i := range run.Readings {
		s.add(&run.Readings[i])
	}
	for name, row := range s.Rows {
		if c.Is(name) && row.holds() {
			s.Leaks = append(s.Leaks, name)
		}
	}
	slices.Sort(s.Leaks)
	if err := json.NewEncoder(w).Encode(&s); err != nil {
		return fmt.Errorf("write the series of %s: %w", s.Run, err)
	}
	return nil
}

// holds says whether the row ever held bytes or goroutines: one that has spans alone
// is no leak's row.
func (r *seriesRow) holds() bool {
	return slices.ContainsFunc(r.Points, func(p [7]float64) bool { return p[2] > 0 || p[6] > 0 })
}

func (s *series) add(r *service.Reading) {
	at := math.Round(r.Seconds*10) / 10
	s.Process = append(s.Process, [6]float64{at, float64(r.GCCycles), float64(r.RSS), float64(r.Live), float64(r.Outside), float64(r.Goroutines)})
	for i := range r.Rows {
		row := &r.Rows[i]
		of := s.Rows[row.Name]
		if of == nil {
			of = new(seriesRow)
			s.Rows[row.Name] = of
		}
		of.By, of.Lines = row.By, row.Lines
		of.Points = append(of.Points, [7]float64{at, float64(r.GCCycles), float64(row.Live), float64(row.LiveError), float64(row.Allocated), float64(row.Calls), float64(row.Goroutines)})
	}
}
