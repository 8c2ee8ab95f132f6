package heapprofile

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/otelmem/otelmem-go/internal/heaptag"
)

//go:noinline
func holdMap(n int) any {
	m := make(map[int][64]byte)
	for i := range n {
		m[i] = [64]byte{1}
	}
	return m
}

//go:noinline
func holdSlice(n int) any {
	var s [][300]byte
	for range n {
		s = append(s, [300]byte{})
	}
	return s
}

//go:noinline
func holdStrings(n int) any {
	var s []string
	for i := range n {
		s = append(s, fmt.Sprint(i)+"x")
	}
	return s
}

// runtime/pprof leaves out the frames of the runtime at the innermost end, of which a
// map that grows has many: a stack that was cut off can be a good deal shorter than
// the limit, and must be nobody's all the same.
func TestWhatIsCutOffIsNobodysHoweverItAllocates(t *testing.T) {
	sampleEverything(t)
	depths := []int{100, 110, 115, 118, 120, 122, 124, 126, 128, 130, 200}
	for name, hold := range map[string]func() any{
		"make":    func() any { return make([]byte, 1<<20) },
		"map":     func() any { return holdMap(20_000) },
		"slice":   func() any { return holdSlice(10_000) },
		"strings": func() any { return holdStrings(10_000) },
	} {
		t.Run(name, func(t *testing.T) {
			read(t) // the first reading remembers whose packages are whose
			before := read(t)
			held := make([]any, len(depths))
			for i, frames := range depths {
				heaptag.Do(901, func() { deep(frames, func() { held[i] = hold() }) })
			}
			after := read(t)
			runtime.KeepAlive(held)
			found := after.tooDeep - before.tooDeep + after.tag(901) - before.tag(901)
			if want := float64(300_000 * len(depths)); found < want {
				t.Errorf("the tag and nobody hold %.0f bytes more, want %.0f or more", found, want)
			}
			if moved := after.code - before.code; moved > 50_000 {
				t.Errorf("%.0f bytes went to code that is not known to hold them", moved)
			}
		})
	}
}

func TestWholeStacksOfTheMainGoroutineAreNotCutOff(t *testing.T) {
	for _, c := range []struct {
		height, depth int
		outermost     string
		want          bool
	}{
		{128, 128, "main.f", true},
		{112, 128, "main.f", true}, // 16 of the runtime's may be hidden
		{111, 128, "main.f", false},
		{128, 128, "runtime.main", false},
		{10, 20, "main.f", true},
		{9, 20, "main.f", false},
	} {
		if got := cutOff(c.height, c.depth, c.outermost == mainFunction); got != c.want {
			t.Errorf("%d frames of %d from %s: cut off %v, want %v", c.height, c.depth, c.outermost, got, c.want)
		}
	}
}

func TestDepthOfStacksIsWhatGODEBUGSays(t *testing.T) {
	for debug, want := range map[string]int{
		"": 128, "gctrace=1": 128, "profstackdepth=512": 512, "gctrace=1,profstackdepth=64": 64,
		"profstackdepth=5000": 1024, "profstackdepth=0": 0, "profstackdepth=-1": 128, "profstackdepth=x": 128,
	} {
		if got := depthIn(debug); got != want {
			t.Errorf("GODEBUG=%s: %d frames, want %d", debug, got, want)
		}
	}
}

// Without stacks there is nothing to attribute, and Read says so. GODEBUG counts
// when the program starts: the test runs itself again.
func TestNoStacksIsAnError(t *testing.T) {
	const off = "profstackdepth=0"
	if os.Getenv("GODEBUG") == off {
		if _, err := Read(nil); err == nil || !strings.Contains(err.Error(), "profstackdepth") {
			t.Errorf("error %v, want one that names profstackdepth", err)
		}
		return
	}
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNoStacksIsAnError$")
	again.Env = append(os.Environ(), "GODEBUG="+off)
	if out, err := again.CombinedOutput(); err != nil {
		t.Errorf("with GODEBUG=%s: %v\n%s", off, err, out)
	}
}

// An address of dispatch that the check has not seen, as where the compiler made
// two calls of one, is told by its line.
func TestUnknownAddressInDispatchIsToldByItsLine(t *testing.T) {
	byAddress, err := heaptag.ByReturnAddress()
	if err != nil {
		t.Fatal(err)
	}
	unaware := newFrames(nil, nil)
	for pc, id := range byAddress {
		if got := unaware.at(pc).tag; got != id {
			t.Fatalf("address %#x is tag %d by its line, want %d", pc, got, id)
		}
	}
}

// BenchmarkReadDeep reads 25,000 distinct stacks that are too deep for the
// runtime's records, and lets runtime/pprof write the same.
func BenchmarkReadDeep(b *testing.B) {
	old := runtime.MemProfileRate
	runtime.MemProfileRate = 1
	kept := make([][]byte, 0, 25_000)
	for i := range cap(kept) {
		heaptag.Do(heaptag.ID(10+i%500), func() { deep(40, func() { kept = append(kept, branch(i, 15)) }) })
	}
	runtime.MemProfileRate = old
	raw := written(b)
	for _, c := range []struct {
		name string
		f    func() error
	}{
		{"Read", func() error { _, err := Read(nil); return err }},
		{"pprof", func() error { return pprof.Lookup("heap").WriteTo(&bytes.Buffer{}, 0) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if err := c.f(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(allocated(func() { _ = c.f() })), "alloc-B/op")
			b.ReportMetric(float64(len(raw)), "file-B")
		})
	}
	runtime.KeepAlive(kept)
}

// Where positions are obfuscated, tags have no lines to be known by.
func TestTagsOfTheFullProfileAreKnownByAddress(t *testing.T) {
	sampleEverything(t)
	block := []byte(nil)
	heaptag.Do(903, func() { block = make([]byte, 3<<20) })
	runtime.GC()
	runtime.GC()
	moved := func() (map[uintptr]heaptag.ID, error) {
		byAddress, err := heaptag.ByReturnAddress()
		others := make(map[uintptr]heaptag.ID)
		for pc, id := range byAddress {
			others[pc] = (id + 1) % heaptag.Count
		}
		return others, err
	}
	tags, err := moved()
	if err != nil {
		t.Fatal(err)
	}
	all := newSums()
	if err := all.addFullProfile(tags, nil, runtime.MemProfileRate, stackDepth()); err != nil {
		t.Fatal(err)
	}
	if u := all.profile().Tagged[904]; u == nil || u.Live < 3<<20 {
		t.Errorf("the tag that the address stands for holds %+v, want 3 MiB", u)
	}
	runtime.KeepAlive(block)
}
