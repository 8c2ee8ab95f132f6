package attrs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var quoted = regexp.MustCompile(`"(otelmem\.[^"]+)"`)

// source is the text of this package without its tests.
func source(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// names are those of all attributes, metrics and events.
func names(t *testing.T) (all []string) {
	t.Helper()
	for _, match := range quoted.FindAllStringSubmatch(source(t), -1) {
		all = append(all, match[1])
	}
	if len(all) < 40 {
		t.Fatalf("found %d names only", len(all))
	}
	return all
}

// https://opentelemetry.io/docs/specs/semconv/general/naming/
func TestNamesFollowTheNamingGuidelines(t *testing.T) {
	wellFormed := regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*(\.[a-z][a-z0-9]*(_[a-z0-9]+)*)+$`)
	unit := regexp.MustCompile(`(^|[._])(bytes|seconds|total|ms|by)([._]|$)`)
	all := names(t)
	seen := make(map[string]bool)
	for _, name := range all {
		if seen[name] {
			t.Errorf("%s is the name of two things", name)
		}
		seen[name] = true
		if !wellFormed.MatchString(name) {
			t.Errorf("%s: want namespaces and words in lower case, joined by points and underscores", name)
		}
		if unit.MatchString(name) {
			t.Errorf("%s has a unit in its name", name)
		}
	}
	for _, name := range all {
		for _, other := range all {
			if strings.HasPrefix(other, name+".") {
				t.Errorf("%s is a name, and the namespace of %s", name, other)
			}
		}
	}
	// Prometheus knows no difference between points and underscores.
	escaped := make(map[string]string)
	for _, name := range all {
		p := strings.ReplaceAll(name, ".", "_")
		if other, ok := escaped[p]; ok && other != name {
			t.Errorf("%s and %s are the same in Prometheus", name, other)
		}
		escaped[p] = name
	}
}
