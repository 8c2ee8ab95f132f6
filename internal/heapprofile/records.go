package heapprofile

import "runtime"

// recordFrames is how many frames of a stack a record of the runtime holds.
const recordFrames = len(runtime.StackRecord{}.Stack0)

// addRecords adds the runtime's own records up. It stops and returns false at the
// first stack that has no tag and is not known to its end.
func (all *sums) addRecords(fs *frames, rate, depth int) (whole bool) {
	records := readRecords()
	for i := range records {
		if all.addRecord(&records[i], fs, rate, depth) {
			return false
		}
	}
	return true
}

// addRecord reports whether the record's stack has no tag and may go on beyond its
// last frame.
func (all *sums) addRecord(r *runtime.MemProfileRecord, fs *frames, rate, depth int) (cut bool) {
	pcs := r.Stack()
	var stack attributedStack
	for _, pc := range pcs {
		stack.add(fs.at(pc))
	}
	cut = stack.tag == 0 && len(pcs) >= min(recordFrames, depth) && stack.outermost != "runtime.goexit"
	live, variance := estimate(r.InUseObjects(), r.InUseBytes(), rate)
	allocated, _ := estimate(r.AllocObjects, r.AllocBytes, rate)
	all.add(&stack, cut, live, variance, allocated)
	return cut
}

// readRecords returns all records. Their number can grow between asking for it and
// reading them.
func readRecords() []runtime.MemProfileRecord {
	n, _ := runtime.MemProfile(nil, true)
	for {
		records := make([]runtime.MemProfileRecord, n+n/8+64)
		var ok bool
		if n, ok = runtime.MemProfile(records, true); ok {
			return records[:n]
		}
	}
}
