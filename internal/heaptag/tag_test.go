package heaptag

import "testing"

func TestPanicsPassThrough(t *testing.T) {
	defer func() {
		if p := recover(); p != "mine" {
			t.Errorf("recovered %v", p)
		}
	}()
	Do(7, func() { panic("mine") })
}

func TestFunctionIsCalledUnderEveryIDAndUnderNone(t *testing.T) {
	calls := 0
	for id := range ID(Count + 2) {
		Do(id, func() { calls++ })
	}
	Do(1<<16-1, func() { calls++ })
	if calls != Count+3 {
		t.Errorf("%d calls, want %d", calls, Count+3)
	}
}

func BenchmarkDo(b *testing.B) {
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		Do(17, func() { n++ })
	}
}
