package attrs_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// reference is the page that explains every name to users.
const reference = "../../otelmem/TELEMETRY.md"

func TestTheReferenceNamesWhatThereIs(t *testing.T) {
	page, err := os.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	all := names(t)
	for _, name := range all {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("%s does not say what %s is", reference, name)
		}
	}
	for _, match := range regexp.MustCompile("`(otelmem\\.[a-z_.]+)`").FindAllSubmatch(page, -1) {
		if !slices.Contains(all, string(match[1])) {
			t.Errorf("%s documents %s, which does not exist", reference, match[1])
		}
	}
}
