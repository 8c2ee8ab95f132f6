package cowmap

import (
	"maps"
	"sync"
	"testing"
)

func TestTheFirstValueOfAKeyStays(t *testing.T) {
	var m Map[string, int]
	if v, ok := m.LoadOrStore("a", 1, 2); v != 1 || !ok {
		t.Errorf("new key: %d, %v", v, ok)
	}
	if v, ok := m.LoadOrStore("a", 2, 2); v != 1 || !ok {
		t.Errorf("known key: %d, %v", v, ok)
	}
	m.Store(map[string]int{"a": 3, "b": 4})
	if v, ok := m.LoadOrStore("c", 5, 2); v != 5 || ok {
		t.Errorf("key without room: %d, %v", v, ok)
	}
	if v, ok := m.LoadOrStore("b", 6, 2); v != 4 || !ok {
		t.Errorf("known key of a full map: %d, %v", v, ok)
	}
	if want := map[string]int{"a": 3, "b": 4}; !maps.Equal(m.Load(), want) {
		t.Errorf("holds %v, want %v", m.Load(), want)
	}
}

func TestWhatWasLoadedIsNotWrittenTo(t *testing.T) {
	var m Map[int, int]
	m.Store(map[int]int{1: 1})
	before := m.Load()
	m.Store(map[int]int{1: 2, 2: 2})
	if len(before) != 1 || before[1] != 1 {
		t.Errorf("it was written to: %v", before)
	}
}

func TestConcurrentWritersLoseNothing(t *testing.T) {
	var m Map[int, int]
	var writers sync.WaitGroup
	for i := range 100 {
		writers.Go(func() {
			m.LoadOrStore(i, i, 200)
			m.Store(map[int]int{100 + i: i})
		})
	}
	writers.Wait()
	if len(m.Load()) != 200 {
		t.Errorf("%d keys, want 200", len(m.Load()))
	}
}
