package memstat

import (
	"math"
	"runtime/debug"
	"testing"
)

func TestLowerLimit(t *testing.T) {
	for name, test := range map[string]struct {
		runtime, cgroup uint64
		want            Limit
	}{
		"neither":                     {math.MaxInt64, 0, Limit{}},
		"cgroup v1 unset":             {math.MaxInt64, math.MaxInt64 / 4096 * 4096, Limit{}},
		"only GOMEMLIMIT":             {1 << 30, 0, Limit{1 << 30, SourceRuntime}},
		"only cgroup":                 {math.MaxInt64, 2 << 30, Limit{2 << 30, SourceCgroup}},
		"GOMEMLIMIT below the cgroup": {1 << 30, 2 << 30, Limit{1 << 30, SourceRuntime}},
		"cgroup below GOMEMLIMIT":     {3 << 30, 2 << 30, Limit{2 << 30, SourceCgroup}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := lowerLimit(test.runtime, test.cgroup); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestReadLimitFollowsTheRuntime(t *testing.T) {
	old := debug.SetMemoryLimit(123 << 20)
	t.Cleanup(func() { debug.SetMemoryLimit(old) })
	limit, err := ReadLimit()
	if err != nil {
		t.Fatal(err)
	}
	if want := (Limit{123 << 20, SourceRuntime}); limit != want {
		t.Errorf("got %+v, want %+v", limit, want)
	}
}
