package watch

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/pprof/profile"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const mib = 1 << 20

// use is what one stack of a program holds and has allocated so far, in MiB.
type use struct {
	function        string // of package main, at line 60 of shop.go
	live, allocated int64
}

// heapOf is a heap profile of a program, as the runtime writes it.
func heapOf(t *testing.T, at time.Time, uses ...use) []byte {
	t.Helper()
	types := []*profile.ValueType{
		{Type: "alloc_objects", Unit: "count"}, {Type: "alloc_space", Unit: "bytes"},
		{Type: "inuse_objects", Unit: "count"}, {Type: "inuse_space", Unit: "bytes"},
	}
	p := &profile.Profile{
		SampleType: types, DefaultSampleType: "inuse_space", TimeNanos: at.UnixNano(),
		PeriodType: &profile.ValueType{Type: "space", Unit: "bytes"}, Period: 512 << 10,
	}
	location := func(function, file string, line int64) *profile.Location {
		f := &profile.Function{ID: uint64(len(p.Function) + 1), Name: function, SystemName: function, Filename: file}
		p.Function = append(p.Function, f)
		l := &profile.Location{ID: f.ID, Line: []profile.Line{{Function: f, Line: line}}}
		p.Location = append(p.Location, l)
		return l
	}
	start := location("runtime.main", "/usr/local/go/src/runtime/proc.go", 283)
	begin := location("main.main", "/home/me/shop/main.go", 12)
	for _, u := range uses {
		p.Sample = append(p.Sample, &profile.Sample{
			Location: []*profile.Location{location("main."+u.function, "/home/me/shop/shop.go", 60), begin, start},
			Value:    []int64{u.allocated, u.allocated * mib, u.live, u.live * mib},
			NumLabel: map[string][]int64{"bytes": {mib}},
		})
	}
	var out bytes.Buffer
	if err := p.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// write writes a file into dir, last changed when this test ran.
func write(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
