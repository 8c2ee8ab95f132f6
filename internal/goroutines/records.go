package goroutines

import (
	"hash/maphash"
	"runtime"
)

// moreRecords is by how many goroutines there may be more, beside an eighth, when they
// are read than when they were counted.
const moreRecords = 64

// entryFunction is the outermost function of every goroutine's stack.
const entryFunction = "runtime.goexit"

// addRecords counts the goroutines by the runtime's records, which have no labels. It
// is false, and none is counted, where so many start meanwhile that they do not fit.
func (t *tally) addRecords() bool {
	now := runtime.NumGoroutine()
	records := make([]runtime.StackRecord, now+now/8+moreRecords)
	n, ok := runtime.GoroutineProfile(records)
	if !ok {
		return false
	}
	// Goroutines of one stack are added up first: few stacks are worth resolving.
	type same struct{ first, count int }
	stacks := make(map[uint64]*same)
	seed := maphash.MakeSeed()
	for i := range records[:n] {
		hash := maphash.Comparable(seed, records[i].Stack0)
		if stacks[hash] == nil {
			stacks[hash] = &same{first: i}
		}
		stacks[hash].count++
	}
	known := make(map[uintptr]*frame)
	var s stack
	for _, of := range stacks {
		s.frames, s.cut = s.frames[:0], true
		for _, pc := range records[of.first].Stack() {
			f := t.frameAt(pc, known)
			if f.function == entryFunction {
				s.cut = false
				continue
			}
			s.frames = append(s.frames, f)
		}
		s.cut = s.cut && len(s.frames) == len(records[of.first].Stack0)
		t.add("", &s, of.count)
	}
	return true
}

// frameAt resolves a return address, each once. Records have one for each frame,
// inlined frames included.
func (t *tally) frameAt(pc uintptr, known map[uintptr]*frame) *frame {
	f := known[pc]
	if f == nil {
		resolved, _ := runtime.CallersFrames([]uintptr{pc}).Next()
		made := t.newFrame(resolved.Function, resolved.File, resolved.Line)
		f = &made
		known[pc] = f
	}
	return f
}
