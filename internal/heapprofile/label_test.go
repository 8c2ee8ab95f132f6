package heapprofile

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/pprofwire"
)

// written is a raw heap profile of this process.
func written(tb testing.TB) []byte {
	tb.Helper()
	runtime.GC()
	runtime.GC()
	var b bytes.Buffer
	if err := pprof.Lookup("heap").WriteTo(&b, 0); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func labelled(tb testing.TB, raw []byte, tags []*heaptag.Tag) []byte {
	tb.Helper()
	return labelledBy(tb, raw, Table{Layout: heaptag.Layout, Dispatch: heaptag.DispatchName(), Tags: tags, StackDepth: 128})
}

func labelledBy(tb testing.TB, raw []byte, table Table) []byte {
	tb.Helper()
	var out bytes.Buffer
	if err := Label(bytes.NewReader(raw), &out, table); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func TestLabelledProfileHasEveryTagAndNoFrameOfIt(t *testing.T) {
	sampleEverything(t)
	table := []*heaptag.Tag{{}}
	for id := heaptag.ID(1); id < heaptag.Count; id++ {
		table = append(table, &heaptag.Tag{ID: id, Operation: fmt.Sprint("operation ", id), Category: fmt.Sprint("category_", id%7)})
		heaptag.Do(id, func() { sink[id] = make([]byte, 1000+int(id)) })
	}
	p, err := profile.ParseData(labelled(t, written(t), table))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.CheckValid(); err != nil {
		t.Fatal(err)
	}
	live := make(map[string]int64)
	for _, s := range p.Sample {
		for _, location := range s.Location {
			for _, line := range location.Line {
				if line.Function.Name == heaptag.DispatchName() {
					t.Fatal("a tag's frame is left")
				}
			}
		}
		if s.Value[3] > 0 && len(s.Label["operation"]) == 1 {
			live[s.Label["operation"][0]+"/"+s.Label["category"][0]] += s.Value[3]
		}
	}
	for _, tag := range table[1:] {
		if got, want := live[tag.Operation+"/"+tag.Category], int64(1000+int(tag.ID)); got < want {
			t.Fatalf("%s holds %d bytes by its labels, want %d", tag.Operation, got, want)
		}
	}
	sink = [heaptag.Count][]byte{}
}

func TestPprofFocusesOnACategory(t *testing.T) {
	var kept []byte
	heaptag.Do(5, func() { kept = make([]byte, 32<<20) })
	table := []*heaptag.Tag{{}, {}, {}, {}, {}, {ID: 5, Operation: "GET /five", Category: "api_five"}}
	path := filepath.Join(t.TempDir(), "labelled.pb.gz")
	if err := os.WriteFile(path, labelled(t, written(t), table), 0o600); err != nil {
		t.Fatal(err)
	}
	runtime.KeepAlive(kept)
	out, err := exec.CommandContext(t.Context(), "go", "tool", "pprof", "-top", "-tagfocus=category=api_five", path).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "TestPprofFocusesOnACategory") {
		t.Errorf("go tool pprof -tagfocus: %v\n%s", err, out)
	}
	out, err = exec.CommandContext(t.Context(), "go", "tool", "pprof", "-top", "-tagroot=category", path).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "api_five") {
		t.Errorf("go tool pprof -tagroot: %v\n%s", err, out)
	}
}

// What two dumps differ by is told by the real tool, by operation.
func TestPprofSubtractsLabelledProfiles(t *testing.T) {
	table := []*heaptag.Tag{{}, {}, {}, {}, {}, {}, {ID: 6, Operation: "GET /six", Category: "api_six"}}
	dir := t.TempDir()
	write := func(name string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, labelled(t, written(t), table), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var first, second []byte
	heaptag.Do(6, func() { first = make([]byte, 32<<20) })
	before := write("before.pb.gz")
	heaptag.Do(6, func() { second = make([]byte, 64<<20) })
	after := write("after.pb.gz")
	runtime.KeepAlive(first)
	runtime.KeepAlive(second)
	out, err := exec.CommandContext(t.Context(), "go", "tool", "pprof", "-top", "-tagroot=operation", "-unit=MB", "-diff_base", before, after).CombinedOutput()
	line := regexp.MustCompile(`(?m)^.*GET /six$`).FindString(string(out))
	if err != nil || len(strings.Fields(line)) < 4 || strings.Fields(line)[3] != "64MB" {
		t.Errorf("go tool pprof -diff_base: %v, want GET /six with 64MB more\n%s", err, out)
	}
}

//go:noinline
func ownerOf(n int) []byte { return make([]byte, n) }

//go:noinline
func deepInOwner(depth int) []byte {
	if depth == 0 {
		return ownerOf(8 << 20)
	}
	return deepInOwner(depth - 1)
}

// What no tag covers is labelled by the function that was learned, where the stack
// is known so far that no tag can cover it.
func TestLearnedFunctionsLabelWhatNoTagCovers(t *testing.T) {
	functions := map[string]Owner{"github.com/otelmem/otelmem-go/internal/heapprofile.ownerOf": {Operation: "sync_stock", Category: "sync"}}
	table := NewTable()
	table.Tags = []*heaptag.Tag{{}, {}, {}, {ID: 3, Operation: "GET /three", Category: "api_three"}}
	table.Functions = functions
	kept := [][]byte{ownerOf(16 << 20)}
	heaptag.Do(3, func() { kept = append(kept, ownerOf(32<<20)) })
	deep := make(chan []byte)
	go func() { deep <- deepInOwner(200) }()
	kept = append(kept, <-deep)
	once := labelledBy(t, written(t), table)
	runtime.KeepAlive(kept)
	for round, data := range [][]byte{once, labelledBy(t, once, table)} {
		p, err := profile.ParseData(data)
		if err != nil {
			t.Fatal(err)
		}
		live := make(map[string]int64)
		for _, s := range p.Sample {
			labels := slices.Concat(s.Label["operation"], s.Label["category"], s.Label[AttributionLabel])
			live[strings.Join(labels, " ")] += s.Value[3] >> 20
		}
		if live["sync_stock sync learned"] != 16 || live["GET /three api_three"] != 32 {
			t.Errorf("labelled %d times: MiB by labels %v", round+1, live)
		}
	}
}

func TestProfileThatIsNoneIsAnError(t *testing.T) {
	raw := written(t)
	var cut bytes.Buffer
	zip := gzip.NewWriter(&cut)
	_, _ = zip.Write(pprofwire.AppendBytes(nil, pprofwire.ProfileSample, make([]byte, 100))[:4])
	_ = zip.Close()
	for name, data := range map[string][]byte{"empty": nil, "text": []byte("hello"), "half": raw[:len(raw)/2], "a field cut off": cut.Bytes()} {
		if err := Label(bytes.NewReader(data), &bytes.Buffer{}, Table{Layout: heaptag.Layout, Dispatch: heaptag.DispatchName(), StackDepth: 128}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzLabel(f *testing.F) {
	var b bytes.Buffer
	if err := pprof.Lookup("heap").WriteTo(&b, 0); err != nil {
		f.Fatal(err)
	}
	zip, err := gzip.NewReader(&b)
	if err != nil {
		f.Fatal(err)
	}
	var plain bytes.Buffer
	if _, err := plain.ReadFrom(zip); err != nil {
		f.Fatal(err)
	}
	f.Add(plain.Bytes())
	f.Add([]byte{0xff})
	table := Table{Layout: heaptag.Layout, Tags: []*heaptag.Tag{{}, {Operation: "x"}}, Functions: map[string]Owner{"runtime.mallocgc": {Operation: "y"}}, StackDepth: 128}
	f.Fuzz(func(_ *testing.T, message []byte) {
		var zipped bytes.Buffer
		zip := gzip.NewWriter(&zipped)
		_, _ = zip.Write(message)
		_ = zip.Close()
		_ = Label(bytes.NewReader(zipped.Bytes()), &bytes.Buffer{}, table) // must not crash
	})
}

// stacks makes n distinct stacks that hold something.
func stacks(tb testing.TB, n int) [][]byte {
	tb.Helper()
	old := runtime.MemProfileRate
	runtime.MemProfileRate = 1
	defer func() { runtime.MemProfileRate = old }() // before what is measured
	kept := make([][]byte, 0, n)
	for i := range n {
		heaptag.Do(heaptag.ID(10+i%500), func() { kept = append(kept, branch(i, 15)) })
	}
	return kept
}

//go:noinline
func branch(path, depth int) []byte {
	switch {
	case depth == 0:
		return make([]byte, 64)
	case path&1 == 0:
		return branch(path>>1, depth-1)
	default:
		return branch(path>>1, depth-1)
	}
}

// allocated is how much f allocates in all, in bytes: no less than its peak.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// BenchmarkManyStacks compares, at 1,000 and 25,000 distinct stacks, reading and
// labelling with runtime/pprof's own writing, and says what each allocates.
func BenchmarkManyStacks(b *testing.B) {
	for _, n := range []int{1000, 25_000} {
		kept := stacks(b, n)
		raw := written(b)
		table := NewTable()
		table.Functions = map[string]Owner{"github.com/otelmem/otelmem-go/internal/heapprofile.branch": {Operation: "branches", Category: "branches"}}
		for name, f := range map[string]func() error{
			"Read":         func() error { _, err := Read(nil); return err },
			"Read in full": func() error { return newSums().addFullProfile(nil, nil, runtime.MemProfileRate, stackDepth()) },
			"pprof":        func() error { return pprof.Lookup("heap").WriteTo(&bytes.Buffer{}, 0) },
			"Label":        func() error { return Label(bytes.NewReader(raw), &bytes.Buffer{}, table) },
		} {
			b.Run(fmt.Sprintf("%d/%s", n, name), func(b *testing.B) {
				for b.Loop() {
					if err := f(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(allocated(func() { _ = f() })), "alloc-B/op")
				b.ReportMetric(float64(len(raw)), "file-B")
			})
		}
		runtime.KeepAlive(kept)
	}
}

// A file without what tells tags apart must not be passed off as labelled.
func TestProfileThatCannotBeLabelledIsAnError(t *testing.T) {
	raw := written(t)
	for want, table := range map[string]Table{
		"obfuscated":     {Dispatch: heaptag.DispatchName(), StackDepth: 128},
		"MemProfileRate": {Layout: heaptag.Layout, Dispatch: heaptag.DispatchName()},
	} {
		if err := Label(bytes.NewReader(raw), &bytes.Buffer{}, table); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
	}
}
