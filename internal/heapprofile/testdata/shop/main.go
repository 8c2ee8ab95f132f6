// Shop holds memory that a dependency allocated for it, and prints how the heap
// profile is read.
package main

import (
	"encoding/json"
	"os"
	"runtime"

	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/shop/cart"
)

func main() {
	runtime.MemProfileRate = 1
	done := make(chan struct{})
	go func() {
		defer close(done)
		fill()
	}()
	<-done
	runtime.GC()
	runtime.GC()
	p, err := heapprofile.Read(nil)
	if err != nil {
		panic(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(p.Code); err != nil {
		panic(err)
	}
	runtime.KeepAlive(cart.Kept)
}

func fill() {
	for range 200 {
		cart.Keep()
	}
}
