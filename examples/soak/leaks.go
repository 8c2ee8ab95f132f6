package main

import (
	"bytes"
	"fmt"
	"net/http"
	"sync"
)

// none is the number of no episode.
const none = -1

// leak is a route that keeps something of each request until it lets go for good.
type leak struct {
	name, pattern, target, answer string
	keep                          func(*leak)

	mu   sync.Mutex
	over bool // it has let go
	held [][]byte
	ends chan struct{} // that goroutines wait for
}

func newLeak(path string, keep func(*leak)) *leak {
	return &leak{name: "GET " + path, pattern: "GET " + path, target: path, answer: "kept", keep: keep, ends: make(chan struct{})}
}

// letters are a number as two letters: digits in a name could be taken for an id.
func letters(number int) string { return fmt.Sprintf("%c%c", 'a'+number/26%26, 'a'+number%26) }

// newHeapLeak keeps 256 KiB of each request.
func newHeapLeak(episode int) *leak {
	return newLeak("/planted/heap-"+letters(episode), func(l *leak) { l.held = append(l.held, bytes.Repeat([]byte{1}, 256*kib)) })
}

// newGoroutineLeak leaves a goroutine behind.
func newGoroutineLeak(episode int) *leak {
	return newLeak("/planted/goroutines-"+letters(episode), func(l *leak) {
		go func() { <-l.ends }()
	})
}

func (l *leak) serve(w http.ResponseWriter, _ *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.over { // a request may still be on its way
		l.keep(l)
	}
	fmt.Fprint(w, l.answer)
}

// letGo frees what was kept. It is called once.
func (l *leak) letGo() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over, l.held = true, nil
	close(l.ends)
}

// leak starts the leaks of an episode, and stopLeaking stops them.
func (s *service) leak(episode int) { s.leaking.Store(int64(episode)) }

func (s *service) stopLeaking() {
	leaking := s.leaksNow()
	s.leaking.Store(none)
	for _, l := range leaking {
		l.letGo()
	}
}

// leaksNow are the leaks of the episode.
func (s *service) leaksNow() []*leak {
	if episode := int(s.leaking.Load()); episode != none {
		return s.leaks[2*episode : 2*episode+2]
	}
	return nil
}

// planted are the names of all leaks.
func (s *service) planted() (names []string) {
	for _, l := range s.leaks {
		names = append(names, l.name)
	}
	return names
}
