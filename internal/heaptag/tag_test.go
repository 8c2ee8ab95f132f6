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

func BenchmarkDo(b *testing.B) {
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		Do(17, func() { n++ })
	}
}
