package dump

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/memstat"
)

// sideTool marks a side file as ours, sideVersion its form.
const (
	sideTool    = "otelmem"
	sideVersion = 1
)

// Side is what lies beside a profile: what was known when it was written. Bytes
// unless said.
type Side struct {
	Tool    string    `json:"tool"`
	Version int       `json:"version"`
	Time    time.Time `json:"time"`
	// Reason is threshold, predicted or manual; Detail is what a person gave.
	Reason string `json:"reason"`
	Detail string `json:"detail,omitempty"`
	// Threshold is the rung that was crossed; 0 for a manual dump.
	Threshold     int64  `json:"threshold,omitempty"`
	ThresholdText string `json:"thresholdText,omitempty"`
	// Episode is when the first rung of this episode was crossed.
	Episode time.Time `json:"episode,omitzero"`

	Memory      Memory `json:"memory"`
	Limit       int64  `json:"limit"`
	LimitSource string `json:"limitSource,omitempty"`
	// ProfileRate is runtime.MemProfileRate; the profile holds what was live
	// after one of the last two of GCCycles.
	ProfileRate int   `json:"profileRate"`
	GCCycles    int64 `json:"gcCycles"`
	// LastGC is when the last of them ended. ProfileLag is by how many cycles
	// what is in use in the profile can be behind.
	LastGC     time.Time `json:"lastGC,omitzero"`
	ProfileLag int       `json:"profileLagGCCycles"`
	// Notes say in sentences what a reader of the profile must know.
	Notes []string `json:"notes,omitempty"`

	TraceID  string        `json:"traceId,omitempty"`
	SpanID   string        `json:"spanId,omitempty"`
	Suspects []sideSuspect `json:"suspects,omitempty"`
	// Tags is the table by which the profile is labelled; Labelled says that
	// its samples have labels already.
	Tags     Tags `json:"tags"`
	Labelled bool `json:"labelled"`

	Build   Build  `json:"build"`
	Process int    `json:"pid"`
	Host    string `json:"host,omitempty"`
}

// Memory is a process's memory, as a side file has it.
type Memory struct {
	RSS        int64 `json:"rss"`
	Heap       int64 `json:"heap"`
	Live       int64 `json:"live"`
	GoResident int64 `json:"goResident"`
	External   int64 `json:"external"`
	Stacks     int64 `json:"stacks"`
	Goroutines int64 `json:"goroutines"`
}

// Tags are the heap tags of the process that wrote the profile, and the functions
// of [WithFunctions].
type Tags = heapprofile.Table

// Build says which program was running.
type Build struct {
	Main     string `json:"main,omitempty"`
	Version  string `json:"version,omitempty"`
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
}

type sideSuspect struct {
	Operation string `json:"operation"`
	Category  string `json:"category"`
	TraceID   string `json:"traceId"`
	SpanID    string `json:"spanId"`
	Growth    int64  `json:"growth"`
	InFlight  bool   `json:"inFlight"`
}

// profileLag is by how many GC cycles the heap profile can be behind, by the
// documentation of runtime.MemProfile.
const profileLag = 2

func newSide(s memstat.Snapshot, limit memstat.Limit, suspects []Suspect) Side {
	side := Side{
		Tool:    sideTool,
		Version: sideVersion,
		Memory: Memory{
			RSS: s.RSS, Heap: s.HeapObjects, Live: s.Live, GoResident: s.GoResident,
			External: s.External, Stacks: s.Stacks, Goroutines: s.Goroutines,
		},
		Limit:       limit.Bytes,
		LimitSource: limit.Source,
		ProfileRate: runtime.MemProfileRate,
		GCCycles:    s.GCCycles,
		LastGC:      lastGC(),
		ProfileLag:  profileLag,
		Notes:       notes(runtime.MemProfileRate),
		Tags:        heapprofile.NewTable(),
		Build:       readBuild(),
		Process:     os.Getpid(),
	}
	for _, suspect := range suspects {
		side.Suspects = append(side.Suspects, sideSuspect{
			Operation: suspect.Operation,
			Category:  suspect.Category,
			TraceID:   suspect.SpanContext.TraceID().String(),
			SpanID:    suspect.SpanContext.SpanID().String(),
			Growth:    suspect.Growth,
			InFlight:  suspect.InFlight,
		})
	}
	return side
}

// notes says what a profile that was sampled at this rate lacks.
func notes(rate int) []string {
	if rate == 0 {
		return []string{"the profile is empty: runtime.MemProfileRate is 0"}
	}
	return nil
}

// setSpan points at the span that the dump belongs to.
func (s *Side) setSpan(sc trace.SpanContext) {
	if sc.IsValid() {
		s.TraceID, s.SpanID = sc.TraceID().String(), sc.SpanID().String()
	}
}

func lastGC() time.Time {
	var stats debug.GCStats
	debug.ReadGCStats(&stats)
	if stats.NumGC == 0 {
		return time.Time{}
	}
	return stats.LastGC.UTC()
}

func readBuild() Build {
	build := Build{Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return build
	}
	build.Main, build.Version = info.Main.Path, info.Main.Version
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			build.Revision = setting.Value
		}
	}
	return build
}

// ReadSide reads the side file of a profile.
func ReadSide(path string) (Side, error) {
	var side Side
	text, err := os.ReadFile(path)
	if err != nil {
		return side, fmt.Errorf("read what is known of a heap profile: %w", err)
	}
	if err := json.Unmarshal(text, &side); err != nil {
		return side, fmt.Errorf("read what is known of a heap profile: %s: %w", path, err)
	}
	if side.Tool != sideTool || side.Version != sideVersion {
		return side, fmt.Errorf("read what is known of a heap profile: %s: tool %q version %d: want %q version %d",
			path, side.Tool, side.Version, sideTool, sideVersion)
	}
	return side, nil
}
