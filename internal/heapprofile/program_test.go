package heapprofile

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// shopModule makes a module of its own of testdata/shop, and returns its folder. It
// builds this module from its folder, by a replacement or as a part of a workspace.
func shopModule(t *testing.T, workspace bool) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/shop")); err != nil {
		t.Fatal(err)
	}
	goMod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	goSum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`(?m)^module .*$`).ReplaceAllString(string(goMod), "module github.com/otelmem/otelmem-go/shop")
	files := map[string]string{"go.sum": string(goSum)}
	if workspace {
		version := regexp.MustCompile(`(?m)^go .*$`).FindString(text)
		files["go.work"] = fmt.Sprintf("%s\nuse (\n.\n%s\n)\n", version, root)
	} else {
		text += fmt.Sprintf("\nrequire github.com/otelmem/otelmem-go v0.0.0\nreplace github.com/otelmem/otelmem-go => %s\n", root)
	}
	files["go.mod"] = text
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func goCommand(t *testing.T, dir string, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "go", args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GOFLAGS=", "GOPROXY=off")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func TestLineIsTheMainModulesHoweverItIsBuilt(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	for name, build := range map[string]struct {
		workspace bool
		vendored  bool
		flags     []string
	}{
		"plain":       {flags: []string{"-mod=mod"}},
		"trimmed":     {flags: []string{"-mod=mod", "-trimpath", "-ldflags=-s -w"}},
		"vendored":    {vendored: true, flags: []string{"-mod=vendor"}},
		"a workspace": {workspace: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := shopModule(t, build.workspace)
			if build.vendored {
				goCommand(t, dir, "mod", "vendor")
			}
			program := filepath.Join(dir, "shop.exe")
			goCommand(t, dir, slices.Concat([]string{"build", "-o", program}, build.flags, []string{"."})...)
			out, err := exec.CommandContext(t.Context(), program).Output()
			if err != nil {
				t.Fatal(err)
			}
			var code map[string]Usage
			if err := json.Unmarshal(out, &code); err != nil {
				t.Fatal(err)
			}
			u := code["main.main.func1"]
			if len(u.Sites) == 0 {
				t.Fatalf("the goroutine that fills holds nothing: %v do", slices.Collect(maps.Keys(code)))
			}
			site := u.Sites[0]
			if site.Function != "github.com/otelmem/otelmem-go/shop/cart.Keep" || filepath.Base(site.File) != "cart.go" || site.Line != 17 {
				t.Errorf("most is held from %+v, want line 17 of cart.go", site.Site)
			}
			if !strings.HasPrefix(site.Via.Function, "github.com/google/pprof/profile.") || site.Via.Line == 0 {
				t.Errorf("it is held through %+v, want a line of google/pprof", site.Via)
			}
		})
	}
}

// A fork of this module in the same program, or another major version of it, tags
// with a function that has the same name in another package.
func TestTagsOfAnotherCopyAreNotOurs(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	dir := shopModule(t, false)
	copied := filepath.Join(dir, "internal", "heaptag")
	if err := os.CopyFS(copied, os.DirFS("../heaptag")); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "twocopies.exe")
	goCommand(t, dir, "build", "-mod=mod", "-o", program, "./twocopies")
	out, err := exec.CommandContext(t.Context(), program).Output()
	if err != nil {
		t.Fatal(err)
	}
	var held struct{ Records, Full, File float64 }
	if err := json.Unmarshal(out, &held); err != nil {
		t.Fatal(err)
	}
	for from, bytes := range map[string]float64{"records": held.Records, "full profile": held.Full, "labelled file": held.File} {
		if bytes < 4<<20 || bytes > 5<<20 {
			t.Errorf("by the %s our operation holds %.0f bytes, want its own 4 MiB without the other copy's 8", from, bytes)
		}
	}
}
