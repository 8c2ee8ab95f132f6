package report

import (
	"fmt"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// Operation is what is known of one operation: what it holds by the heap
// profile, and what the process did while it ran. Bytes unless said.
type Operation struct {
	Name     string `json:"name"`
	Category string `json:"category"`
	// Live is an estimate of what the operation allocated and is still live,
	// LiveError its standard error; Allocated is all that it ever allocated.
	Live      int64 `json:"live"`
	LiveError int64 `json:"liveError"`
	Allocated int64 `json:"allocated"`
	// AllocatedRate is how much it allocated a second of late.
	AllocatedRate float64 `json:"allocatedRate"`
	// Calls is the number of its spans that ended.
	Calls int64 `json:"calls"`
	// InFlight are its spans that have not ended; nil where there are none.
	InFlight *InFlight `json:"inFlight,omitempty"`
	// Goroutines is how many goroutines that it started are alive, Blocked where
	// most of them stand.
	Goroutines int    `json:"goroutines"`
	Blocked    string `json:"blocked,omitempty"`
	// Verdict is what its live bytes show over time, Evidence why.
	Verdict  Verdict `json:"verdict,omitempty"`
	Evidence string  `json:"evidence,omitempty"`
	// Suspected says that the operation is suspected to leak: it has grown as a leak
	// does for a while, and goes on.
	Suspected bool `json:"suspected"`
	// SuspectedSince is when it was first suspected; zero unless it is.
	SuspectedSince time.Time `json:"suspectedSince,omitzero"`
	// Ended is when the growth for which it was suspected ended; zero where it goes
	// on or never was.
	Ended time.Time `json:"ended,omitzero"`
	// Rise is the latest growth of the live bytes; nil where they did not rise.
	Rise *Rise `json:"rise,omitempty"`
	// Rate is the trend of the live bytes over Rise (Theil–Sen) in bytes a second.
	Rate float64 `json:"liveRate"`
	// By says how the bytes were attributed to the operation; empty where none
	// were.
	By Attribution `json:"by,omitempty"`
	// Sites are the lines that allocated what is live, the most first.
	Sites []Site `json:"sites,omitempty"`
	// Examples are spans of it that bear otelmem.leak.example, for samplers to keep,
	// the latest first; only while its live bytes grow.
	Examples []Span `json:"examples,omitempty"`
	// History is how Live changed: some dozens of points, the oldest first.
	History []OperationPoint `json:"history,omitempty"`
	// Growth is the evidence of its spans.
	Growth SpanGrowth `json:"growth"`
}

// ShortName is the name for people: without its import path where it is a function's.
func (o *Operation) ShortName() string {
	if o.By == ByCode {
		return textfmt.ShortFunction(o.Name)
	}
	return o.Name
}

// InFlight are spans that have not ended: local roots alone.
type InFlight struct {
	Count int `json:"count"`
	// Oldest is when the first of them started.
	Oldest time.Time `json:"oldest"`
	// Long is how many have been in flight for ten minutes or more.
	Long int `json:"long"`
}

// Rise is a growth of live bytes. It is a fact, whatever the verdict: a cache that
// fills rises too.
type Rise struct {
	// Since is when the growth began, Until when it ended; Until is the last reading
	// where it goes on.
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
	// Bytes is by how much live bytes rose, Allocated what was allocated meanwhile.
	Bytes     int64 `json:"bytes"`
	Allocated int64 `json:"allocated"`
	// Steadiness is the rate in its standard errors.
	Steadiness float64 `json:"steadiness"`
	// Ongoing says that it went on at the last reading.
	Ongoing bool `json:"ongoing"`
}

// NoApplication is the name of the operation that has what was allocated without
// application code on the stack.
const NoApplication = "runtime and libraries"

// OperationPoint is what the heap profile said of an operation at one time.
type OperationPoint struct {
	Time time.Time `json:"time"`
	Live int64     `json:"live"` // bytes
}

// Attribution says how bytes were attributed to an operation.
type Attribution string

// Attributions.
const (
	// ByTag is for what was allocated below otelmem.Do, Go or Handler.
	ByTag Attribution = "tag"
	// ByLearned is for what no tag covers, below a function that was seen to start
	// and end the spans of one operation only. An operation that has bytes of both
	// kinds says tag.
	ByLearned Attribution = "learned"
	// ByCode is for what no tag covers: the operation is the application's outermost
	// function on the stack.
	ByCode Attribution = "code"
)

// Site is a line of code and the live bytes that it allocated for an operation: the
// application's line nearest to the allocation, or where the application is not on
// the stack a dependency's.
type Site struct {
	Function string `json:"function"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Bytes    int64  `json:"bytes"`
	// Via is the line of a dependency that the application called and that allocated
	// most of it, as file:line (function); empty where the application allocates itself.
	Via string `json:"via,omitempty"`
}

// Place is the line for people: file:line, of the file's path what tells it from others.
func (s *Site) Place() string { return fmt.Sprintf("%s:%d", textfmt.ShortPath(s.File), s.Line) }

// Verdict is what an operation's live bytes show over time.
type Verdict string

// Verdicts.
const (
	// Growing is growth that goes on as a leak's does: the operation is suspected.
	Growing Verdict = "growing"
	// Rising is growth that may be a leak's, or that of something that fills.
	Rising Verdict = "rising"
	// Plateau is growth that has ended: a warm-up, a cache that is full.
	Plateau Verdict = "plateau"
	// Churn is much allocated and little held.
	Churn Verdict = "churn"
	// Stable is none of these.
	Stable Verdict = "stable"
	// NotEnoughData is too few readings to tell.
	NotEnoughData Verdict = "not enough data"
)
