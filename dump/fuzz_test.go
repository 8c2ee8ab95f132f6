package dump

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

func FuzzThresholds(f *testing.F) {
	for _, seed := range []string{"2GiB", "75%", " 0.5 % ", "1e3%", "NaN%", "-1", "101%", "9223372036854775807", "1e400%", "%", "2 GB,75%"} {
		f.Add(seed, textfmt.GiB)
	}
	f.Fuzz(func(t *testing.T, text string, limit int64) {
		limit = max(0, limit)
		thresholds, err := parseThresholds(strings.Split(text, ","), Limit{Bytes: limit})
		for _, threshold := range thresholds {
			if threshold.Bytes <= 0 || limit > 0 && threshold.isShare() && threshold.Bytes > limit {
				t.Errorf("%q of %d is %d bytes", threshold.Text, limit, threshold.Bytes)
			}
		}
		if err == nil && len(thresholds) == 0 {
			t.Errorf("%q is neither a threshold nor an error", text)
		}
		// Whatever the limit becomes, there is something to watch.
		if err == nil && len(thresholdsAt(strings.Split(text, ","), Limit{})) == 0 {
			t.Errorf("%q leaves nothing without a limit", text)
		}
	})
}

func FuzzFileNames(f *testing.F) {
	for _, seed := range []string{"", "before the deploy", "../../etc/passwd", "Ärger\n", strings.Repeat("x", 300), "a\x00b", "CON", "-rf"} {
		f.Add(seed)
	}
	at := processStarted
	f.Fuzz(func(t *testing.T, reason string) {
		name := baseName(subject(ReasonManual, reason, Threshold{}), at) + profileSuffix
		if !IsFileName(name) || filepath.Base(name) != name || len(name) > 128 {
			t.Errorf("reason %q makes the name %q", reason, name)
		}
		if MetadataPath(name) == name {
			t.Errorf("%q is its own metadata file", name)
		}
		if _, ok := stateOfName(reason, "host"); ok && !strings.HasPrefix(reason, markerPrefix) {
			t.Errorf("%q is taken for a marker", reason)
		}
		if cut := cutText(reason, 5); len(cut) > 5 || utf8.ValidString(reason) && !utf8.ValidString(cut) {
			t.Errorf("%q is cut to %q", reason, cut)
		}
	})
}

func FuzzMetadata(f *testing.F) {
	for _, seed := range []string{
		`{"tool":"otelmem","version":1}`, `{"tool":"otelmem","version":1,"tags":{"layout":"x"}}`, `{"tags":1,"tool":"otelmem"}`,
		`{"tool":"otelmem","version":1,"memory":{"rss":1e99}}`, `[]`, `{`, `{"a":{"b":[{}]}}`, "", `{"tool":"otelmem","version":1,"episode":"x"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "x.json")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		whole, wholeErr := ReadMetadata(path)
		head, headErr := readMetadataHead(path)
		if wholeErr == nil && (whole.Tool != metadataTool || whole.Version != metadataVersion) {
			t.Errorf("%q is taken for ours", text)
		}
		if headErr == nil && head.Tool != metadataTool {
			t.Errorf("the head of %q is taken for ours", text)
		}
	})
}

func FuzzMarker(f *testing.F) {
	for _, seed := range []string{
		"", `{"tool":"otelmem","pid":1,"host":"host","locked":true}`, `{"tool":"otelmem"`, `{"tool":"other"}`,
		`{"tool":"otelmem","pid":1,"host":"host","usage":9223372036854775807,"oomKills":{"/a":-1},"locked":true}`, "null", "1",
	} {
		f.Add(markerPrefix+"host-999999999-1-1.json", []byte(seed))
	}
	f.Add(markerPrefix+"host--1-x-", []byte(""))
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		if name = filepath.Base(name); len(name) > 200 || strings.ContainsAny(name, "\x00/") || name == "." || name == ".." {
			t.Skip("no name of a file")
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Skip(err)
		}
		states, err := takeUncleanExits(dir, "host")
		if err != nil {
			t.Fatal(err)
		}
		left, err := os.ReadDir(dir)
		if err != nil || len(left)+len(states) != 1 {
			t.Errorf("%d reported, %d left, %v", len(states), len(left), err)
		}
	})
}

func FuzzTrigger(f *testing.F) {
	f.Add([]byte{10, 60, 95, 20, 200, 0, 99}, int64(100))
	f.Fuzz(func(t *testing.T, usages []byte, limit int64) {
		limit = max(0, limit%math.MaxInt32)
		trigger, now, dumps := newTrigger(nil, 0), processStarted, 0
		for i, usage := range usages {
			if i%7 == 0 {
				trigger.change(thresholdsAt([]string{"50%", "90%", "64B"}, Limit{Bytes: limit}), limit)
				limit = limit*3/2 + int64(usage)
			}
			d := trigger.decide(reading{now: now, usage: int64(usage), own: int64(usage) / 2, slope: float64(usage) - 100})
			if d.dump {
				dumps++
			}
			if d.dump && (d.episode.IsZero() || d.episodeEnded) {
				t.Errorf("decided %+v", d)
			}
		}
		if dumps > 4 { // all at one instant: one each, and a prediction
			t.Errorf("%d dumps without a minute between them", dumps)
		}
	})
}
