package watch

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// runtimeStats are figures of a program's runtime.MemStats. Bytes unless said.
type runtimeStats struct {
	Sys, HeapReleased, HeapAlloc, StackInuse int64
	NumGC                                    int64
}

// known says whether the figures are there.
func (s *runtimeStats) known() bool { return s.Sys > 0 }

// resident is what the runtime has from the system and has not returned.
func (s *runtimeStats) resident() int64 { return s.Sys - s.HeapReleased }

// statsOfVars reads the page of package expvar (/debug/vars).
func statsOfVars(page []byte) (s runtimeStats) {
	var vars struct {
		MemStats runtimeStats `json:"memstats"`
	}
	if json.Unmarshal(page, &vars) != nil {
		return runtimeStats{}
	}
	return vars.MemStats
}

// statsOfText reads the end of the heap profile as text (?debug=1).
func statsOfText(profile []byte) (s runtimeStats) {
	_, end, ok := bytes.Cut(profile, []byte("\n# runtime.MemStats\n"))
	if !ok {
		return s
	}
	for line := range strings.Lines(string(end)) {
		name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "# "), " = ")
		value, _, _ = strings.Cut(value, " ")
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			continue
		}
		switch name {
		case "Sys":
			s.Sys = n
		case "HeapReleased":
			s.HeapReleased = n
		case "HeapAlloc":
			s.HeapAlloc = n
		case "Stack":
			s.StackInuse = n
		case "NumGC":
			s.NumGC = n
		}
	}
	return s
}
