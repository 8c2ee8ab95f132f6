// Twocopies allocates under the same tag of two copies of package heaptag, and
// prints what belongs to the first by each way of reading a profile.
package main

import (
	"bytes"
	"encoding/json"
	"os"
	"runtime"
	"runtime/pprof"

	"github.com/google/pprof/profile"

	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/heaptag"
	other "github.com/otelmem/otelmem-go/shop/internal/heaptag"
)

var kept [][]byte

//go:noinline
func hold(size int) { kept = append(kept, make([]byte, size)) }

//go:noinline
func deep(n, size int) {
	if n == 0 {
		hold(size)
		return
	}
	deep(n-1, size)
	runtime.KeepAlive(n)
}

func main() {
	runtime.MemProfileRate = 1
	tag := heaptag.Default.Tag("ours", "ours")
	heaptag.Do(tag.ID, func() { hold(4 << 20) })
	other.Do(other.ID(tag.ID), func() { hold(8 << 20) })
	var out struct{ Records, Full, File float64 }
	out.Records = read(tag.ID)
	deep(50, 1<<20) // does not fit the runtime's records
	out.Full = read(tag.ID)
	out.File = labelled()
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		panic(err)
	}
	runtime.KeepAlive(kept)
}

func read(id heaptag.ID) float64 {
	runtime.GC()
	runtime.GC()
	p, err := heapprofile.Read(nil)
	if err != nil {
		panic(err)
	}
	return p.Tagged[id].Live
}

func labelled() (live float64) {
	var raw, out bytes.Buffer
	if err := pprof.Lookup("heap").WriteTo(&raw, 0); err != nil {
		panic(err)
	}
	if err := heapprofile.Label(bytes.NewReader(raw.Bytes()), &out, heapprofile.NewTable()); err != nil {
		panic(err)
	}
	p, err := profile.Parse(&out)
	if err != nil {
		panic(err)
	}
	for _, s := range p.Sample {
		if s.HasLabel("operation", "ours") {
			live += float64(s.Value[3])
		}
	}
	return live
}
