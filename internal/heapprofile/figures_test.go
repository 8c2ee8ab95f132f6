package heapprofile

import (
	"runtime"
	"testing"

	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// figures are the live bytes in a profile. They stand in for the profile itself,
// which is memory as well: one that is kept would be counted in the next.
type figures struct {
	tagged        [heaptag.Count]float64
	tooDeep, code float64
}

func (f *figures) tag(id heaptag.ID) float64 { return f.tagged[id] }

// read returns what is live now, without garbage of earlier tests.
func read(t *testing.T) *figures {
	t.Helper()
	p := readCollected(t)
	f := &figures{tooDeep: p.TooDeep.Live}
	for id, u := range p.Tagged {
		f.tagged[id] = u.Live
	}
	for _, u := range p.Code {
		f.code += u.Live
	}
	return f
}

// readCollected reads the profile after the two cycles by which it can be behind.
func readCollected(t *testing.T) *Profile {
	t.Helper()
	runtime.GC()
	runtime.GC()
	p, err := Read(nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sampleEverything makes the runtime sample every allocation until the test ends, so
// that figures are exact.
func sampleEverything(tb testing.TB) {
	old := runtime.MemProfileRate
	runtime.MemProfileRate = 1
	tb.Cleanup(func() { runtime.MemProfileRate = old })
}
