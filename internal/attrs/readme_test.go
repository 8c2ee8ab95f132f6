package attrs_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every metric and span attribute name stands in README, and README names none
// that does not exist.
func TestReadmeNamesWhatThereIs(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := regexp.MustCompile("\\| `(otelmem\\.[a-z_.]+)` \\|")
	for _, match := range documented.FindAllSubmatch(readme, -1) {
		if !slices.Contains(names(t), string(match[1])) {
			t.Errorf("README documents %s, which does not exist", match[1])
		}
	}
	for _, block := range []string{"// Span attributes.", "// Metric names.", "// Event span names."} {
		_, text, ok := strings.Cut(source(t), block)
		if !ok {
			t.Fatalf("there is no block %q", block)
		}
		text, _, _ = strings.Cut(text, "\n)")
		for _, match := range quoted.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(string(readme), "`"+match[1]+"`") {
				t.Errorf("README does not say what %s is", match[1])
			}
		}
	}
}
