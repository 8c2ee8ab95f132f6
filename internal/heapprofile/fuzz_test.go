package heapprofile

import (
	"bytes"
	"compress/gzip"
	"io"
	"runtime/pprof"
	"testing"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/goroutines"
)

// What is past the gzip is mutated: a stranger's profile is never that well made.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"heap", "goroutine"} {
		var zipped bytes.Buffer
		if err := pprof.Lookup(name).WriteTo(&zipped, 0); err != nil {
			f.Fatal(err)
		}
		zip, err := gzip.NewReader(&zipped)
		if err != nil {
			f.Fatal(err)
		}
		plain, err := io.ReadAll(zip)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(plain)
		f.Add(plain[:len(plain)/2])
	}
	f.Add([]byte("\x12\x12\x0a\x10\x01\x01\x01\x01"))
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := Parse(data, appframe.NewOutside()); err == nil && p == nil {
			t.Error("neither a profile nor an error")
		}
		r, err := goroutines.Parse(data, appframe.NewOutside())
		for _, g := range r.Groups {
			if err == nil && g.Count < 0 {
				t.Errorf("%d goroutines", g.Count)
			}
		}
	})
}
