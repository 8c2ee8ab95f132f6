package dump

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// metadataTool identifies a metadata file as ours, metadataVersion its format.
const (
	metadataTool    = "otelmem"
	metadataVersion = 1
)

// profileLag is by how many GC cycles the heap profile can be behind, as the
// documentation of runtime.MemProfile says.
const profileLag = 2

// Metadata is the content of the JSON file beside a profile: what was known when
// the profile was written. Sizes are in bytes.
type Metadata struct {
	Tool    string    `json:"tool"`
	Version int       `json:"version"`
	Time    time.Time `json:"time"`
	// Reason is one of the Reason constants; Detail is the text given to [Dumper.Dump].
	Reason string `json:"reason"`
	Detail string `json:"detail,omitempty"`
	// Sequence orders the profiles of a folder by when they were written, whatever
	// the clock said: each has a higher one than those that its process found there.
	Sequence int64 `json:"sequence,omitempty"`
	// Threshold is the one that was crossed, the limit if predicted; 0 for a manual dump.
	Threshold     int64  `json:"threshold,omitempty"`
	ThresholdText string `json:"thresholdText,omitempty"`
	// Episode is when this episode started; zero for a manual dump.
	Episode time.Time `json:"episode,omitzero"`

	Memory      Memory `json:"memory"`
	Limit       int64  `json:"limit"`
	LimitSource string `json:"limitSource,omitempty"`
	// ProfileRate is runtime.MemProfileRate.
	ProfileRate int `json:"profileRate"`
	// GCCycles is the number of completed GC cycles, LastGC when the last one ended.
	// ProfileLag is by how many cycles the profile can be behind.
	GCCycles   int64     `json:"gcCycles"`
	LastGC     time.Time `json:"lastGC,omitzero"`
	ProfileLag int       `json:"profileLagGCCycles"`
	// Notes are sentences that a reader of the profile must know.
	Notes []string `json:"notes,omitempty"`

	// TraceID and SpanID are of the event span that the profile belongs to; empty
	// where there is none. Suspects are what it links to.
	TraceID  string            `json:"traceId,omitempty"`
	SpanID   string            `json:"spanId,omitempty"`
	Suspects []MetadataSuspect `json:"suspects,omitempty"`
	// Labelled says that the profile's samples already have their labels.
	Labelled bool `json:"labelled"`

	Build   Build  `json:"build"`
	Process int    `json:"pid"`
	Host    string `json:"host,omitempty"`
	// Started is when the process started: ids and host names are given out again.
	Started time.Time `json:"started,omitzero"`

	// Tags are what the profile is labelled with. They can be a megabyte, and are last
	// so that all else is at the start of the file ([readMetadataHead]).
	Tags Tags `json:"tags"`
}

// run names the process that wrote the profile: its id, its host, and when it
// started, since ids and names of hosts are given out again.
func (m *Metadata) run() string {
	run := fmt.Sprintf("process %d", m.Process)
	if m.Host != "" {
		run += " on " + m.Host
	}
	if !m.Started.IsZero() {
		run += ", started " + m.Started.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	return run
}

// Build identifies the program that was running.
type Build struct {
	Main     string `json:"main,omitempty"`
	Version  string `json:"version,omitempty"`
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
}

// MetadataSuspect is a [Suspect] in a metadata file. Growth is in bytes.
type MetadataSuspect struct {
	Operation string `json:"operation"`
	Category  string `json:"category"`
	TraceID   string `json:"traceId"`
	SpanID    string `json:"spanId"`
	Growth    int64  `json:"growth"`
	InFlight  bool   `json:"inFlight"`
}

func newMetadata(memory Memory, limit Limit, suspects []Suspect) Metadata {
	metadata := Metadata{
		Tool:        metadataTool,
		Version:     metadataVersion,
		Memory:      memory,
		Limit:       limit.Bytes,
		LimitSource: limit.Source,
		ProfileRate: runtime.MemProfileRate,
		GCCycles:    memory.GCCycles,
		LastGC:      lastGC(),
		ProfileLag:  profileLag,
		Notes:       notes(runtime.MemProfileRate),
		Tags:        newTags(),
		Build:       readBuild(),
		Process:     os.Getpid(),
		Started:     processStarted,
	}
	for _, suspect := range suspects {
		metadata.Suspects = append(metadata.Suspects, MetadataSuspect{
			Operation: suspect.Operation,
			Category:  suspect.Category,
			TraceID:   suspect.SpanContext.TraceID().String(),
			SpanID:    suspect.SpanContext.SpanID().String(),
			Growth:    suspect.Growth,
			InFlight:  suspect.InFlight,
		})
	}
	return metadata
}

// notes says what is missing from a profile that was sampled at this rate.
func notes(rate int) []string {
	if rate == 0 {
		return []string{"the profile is empty: runtime.MemProfileRate is 0"}
	}
	return nil
}

// setSpan sets the span that the dump belongs to.
func (m *Metadata) setSpan(sc trace.SpanContext) {
	if sc.IsValid() {
		m.TraceID, m.SpanID = sc.TraceID().String(), sc.SpanID().String()
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

func (f files) writeMetadata(path string, metadata *Metadata) error {
	return f.replace(path, func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(metadata)
	})
}
