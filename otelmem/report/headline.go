package report

import "strings"

// Headline is the answer in one or two sentences, and its parts. Names in it are
// made printable.
type Headline struct {
	// Mood is what it says at a glance.
	Mood Mood `json:"mood"`
	// Suspect is the operation that is suspected to leak; empty where none is.
	Suspect string `json:"suspect,omitempty"`
	// Accusation is the sentence about Suspect; empty where none is suspected.
	Accusation string `json:"accusation,omitempty"`
	// Memory is the sentence about the process and what holds most of its growth.
	Memory string `json:"memory"`
	// Limit says when the memory limit will be reached; empty where it will not.
	Limit string `json:"limit,omitempty"`
}

// Mood is a headline at a glance.
type Mood string

// Moods.
const (
	MoodLeak   Mood = "leak"   // an operation is suspected to leak
	MoodGrew   Mood = "grew"   // memory grew; whether that goes on is not known yet
	MoodSteady Mood = "steady" // memory did not grow
)

// String is the whole headline on one line.
func (h Headline) String() string {
	var sentences []string
	for _, s := range []string{h.Accusation, h.Memory, h.Limit} {
		if s != "" {
			sentences = append(sentences, s)
		}
	}
	return strings.Join(sentences, " ")
}
