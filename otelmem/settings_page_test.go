package otelmem

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestTheConfigurationPageNamesEveryVariable(t *testing.T) {
	page, err := os.ReadFile("CONFIGURATION.md")
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, setting := range envSettings {
		known = append(known, setting.name)
		if !strings.Contains(string(page), "`"+setting.name+"`") {
			t.Errorf("CONFIGURATION.md does not say what %s is", setting.name)
		}
	}
	for _, name := range regexp.MustCompile("`(OTELMEM_[A-Z_]+)`").FindAllSubmatch(page, -1) {
		if !slices.Contains(known, string(name[1])) {
			t.Errorf("CONFIGURATION.md names %s, which does not exist", name[1])
		}
	}
}
