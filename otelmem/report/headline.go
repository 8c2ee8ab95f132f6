package report

import "strings"

// Headline is the answer in a few sentences. Facts come first and accuse nobody; an
// accusation is a sentence of its own. Names are made printable.
type Headline struct {
	// Mood is what it says at a glance.
	Mood Mood `json:"mood"`
	// Subject is what explains most of the growth that goes on now: an operation, a
	// function, a line of several operations, or memory outside Go; empty where nothing grows.
	Subject string `json:"subject,omitempty"`
	// Fact is the sentence about Subject, or that nothing grows.
	Fact string `json:"fact"`
	// Accusation says since when a leak is suspected; empty where none is.
	Accusation string `json:"accusation,omitempty"`
	// Others names what else grows; empty where nothing does.
	Others string `json:"others,omitempty"`
	// Memory is the sentence about the process.
	Memory string `json:"memory"`
	// Limit says when the memory limit will be reached; empty where it will not.
	Limit string `json:"limit,omitempty"`
}

// Mood is a headline at a glance.
type Mood string

// Moods.
const (
	MoodLeak   Mood = "leak"   // a leak is suspected
	MoodGrew   Mood = "grew"   // something grows, or memory did; whether it is a leak is not known
	MoodSteady Mood = "steady" // nothing grows
)

// First is what a person reads first: the fact, and the accusation if there is one.
func (h Headline) First() string { return join(h.Fact, h.Accusation) }

// Rest is what comes after it.
func (h Headline) Rest() string { return join(h.Others, h.Memory, h.Limit) }

// String is the whole headline on one line.
func (h Headline) String() string { return join(h.First(), h.Rest()) }

func join(sentences ...string) string {
	var said []string
	for _, s := range sentences {
		if s != "" {
			said = append(said, s)
		}
	}
	return strings.Join(said, " ")
}
