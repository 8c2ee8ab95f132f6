package compare

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/pprof/profile"
)

// builder makes heap profiles.
type builder struct {
	*profile.Profile
	functions map[string]*profile.Function
}

func newHeap() *builder {
	return &builder{functions: make(map[string]*profile.Function), Profile: &profile.Profile{
		SampleType: []*profile.ValueType{
			{Type: "alloc_objects", Unit: "count"}, {Type: "alloc_space", Unit: "bytes"},
			{Type: "inuse_objects", Unit: "count"}, {Type: "inuse_space", Unit: "bytes"},
		},
		PeriodType: &profile.ValueType{Type: "space", Unit: "bytes"},
		Period:     512 << 10,
	}}
}

// frame is a function of app/file.go at a line.
type frame struct {
	function string
	line     int64
}

// holds adds a sample: its stack from the allocation outwards.
func (b *builder) holds(operation string, bytes, objects int64, stack ...frame) *builder {
	s := &profile.Sample{Value: []int64{objects, bytes, objects, bytes}}
	if operation != "" {
		s.Label = map[string][]string{"operation": {operation}, "category": {"api"}}
	}
	for _, f := range stack {
		function := b.functions[f.function]
		if function == nil {
			function = &profile.Function{ID: uint64(len(b.Function) + 1), Name: f.function, Filename: "app/file.go"}
			b.functions[f.function] = function
			b.Function = append(b.Function, function)
		}
		location := &profile.Location{ID: uint64(len(b.Location) + 1), Line: []profile.Line{{Function: function, Line: f.line}}}
		b.Location = append(b.Location, location)
		s.Location = append(s.Location, location)
	}
	b.Sample = append(b.Sample, s)
	return b
}

func (b *builder) file(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "heap.pb.gz")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := b.Write(file); err != nil {
		t.Fatal(err)
	}
	return path
}
