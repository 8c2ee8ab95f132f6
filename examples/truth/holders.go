package main

import (
	"runtime"
	"sync"
	"time"
	"unsafe"
)

// holder keeps batches alive until it is released. hold runs under the
// operation's tag and returns the bytes that it allocates itself; what it keeps
// batches in is made beforehand. hold is safe for concurrent use.
type holder interface {
	hold(id int, batch [][]byte) int64
	release()
}

// holderKinds make a holder for up to n batches.
var holderKinds = []struct {
	name string
	make func(n int) holder
}{
	{"map", func(n int) holder { return &inMap{held: make(map[int][][]byte, n)} }},
	{"slice", func(n int) holder { return &inSlice{held: make([][][]byte, 0, n)} }},
	{"channel", func(n int) holder { return inChannel{make(chan [][]byte, n)} }},
	{"goroutine", func(int) holder { return &inGoroutines{stop: make(chan struct{})} }},
	{"finalizer", func(n int) holder { return &inFinalizers{all: make([]*handle, 0, n)} }},
	{"sync.Pool", newFromPool},
	{"timer", func(n int) holder { return &inTimers{all: make([]*time.Timer, 0, n)} }},
}

type inMap struct {
	mu   sync.Mutex
	held map[int][][]byte
}

func (h *inMap) hold(id int, batch [][]byte) int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.held[id] = batch
	return 0
}

func (h *inMap) release() { h.held = nil }

type inSlice struct {
	mu   sync.Mutex
	held [][][]byte
}

func (h *inSlice) hold(_ int, batch [][]byte) int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.held = append(h.held, batch)
	return 0
}

func (h *inSlice) release() { h.held = nil }

type inChannel struct{ held chan [][]byte }

func (h inChannel) hold(_ int, batch [][]byte) int64 {
	h.held <- batch
	return 0
}

func (h inChannel) release() {
	for len(h.held) > 0 {
		<-h.held
	}
}

// inGoroutines is goroutines that wait for ever and have the batch on their
// stack. The runtime allocates a goroutine on a stack of its own: no operation's.
type inGoroutines struct {
	stop chan struct{}
	work sync.WaitGroup
}

func (h *inGoroutines) hold(_ int, batch [][]byte) int64 {
	h.work.Go(func() {
		<-h.stop
		runtime.KeepAlive(batch)
	})
	return 48 + 24 // the closure (code, h, batch), and the one that Go makes of it
}

func (h *inGoroutines) release() {
	close(h.stop)
	h.work.Wait()
}

// inFinalizers is objects whose finalizers have the batch: nothing else has it.
type inFinalizers struct {
	mu  sync.Mutex
	all []*handle
}

type handle struct{ _ *handle } // with a pointer: objects that have none share blocks

func (h *inFinalizers) hold(_ int, batch [][]byte) int64 {
	o := new(handle)
	runtime.SetFinalizer(o, func(*handle) { runtime.KeepAlive(batch) })
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, o)
	return int64(unsafe.Sizeof(*o)) + 32 // and the closure
}

func (h *inFinalizers) release() {
	for _, o := range h.all {
		runtime.SetFinalizer(o, nil)
	}
	h.all = nil
}

// fromPool is entries that are taken from a pool and never put back. What lies
// in a pool is no leak: two garbage collections empty it.
type fromPool struct {
	pool  sync.Pool
	mu    sync.Mutex
	taken []*entry
}

type entry struct{ batch [][]byte }

func newFromPool(n int) holder {
	h := &fromPool{taken: make([]*entry, 0, n)}
	h.pool.New = func() any { return new(entry) }
	h.pool.Put(h.pool.Get()) // makes the pool's own tables here
	return h
}

func (h *fromPool) hold(_ int, batch [][]byte) int64 {
	e := h.pool.Get().(*entry)
	e.batch = batch
	h.mu.Lock()
	defer h.mu.Unlock()
	h.taken = append(h.taken, e)
	return int64(unsafe.Sizeof(*e))
}

func (h *fromPool) release() { h.taken = nil }

type inTimers struct {
	mu  sync.Mutex
	all []*time.Timer
}

func (h *inTimers) hold(_ int, batch [][]byte) int64 {
	t := time.AfterFunc(24*time.Hour, func() { runtime.KeepAlive(batch) })
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, t)
	return 112 + 32 // about: the runtime's timer, and the closure
}

func (h *inTimers) release() {
	for _, t := range h.all {
		t.Stop()
	}
	h.all = nil
}
