package appframe

import (
	"runtime/debug"
	"slices"
	"testing"
)

// Without the build information they would look like packages of the standard library.
func TestModulesWithoutADotAreKnownFromTheBuild(t *testing.T) {
	got := dotless(&debug.BuildInfo{
		Main: debug.Module{Path: "shop"},
		Deps: []*debug.Module{{Path: "github.com/acme/x"}, {Path: "corp/lib"}, {Path: "std"}},
	})
	if want := []string{"shop", "corp/lib"}; !slices.Equal(got, want) {
		t.Errorf("modules %q, want %q", got, want)
	}
}
