package heapprofile

import "runtime"

// recordFrames is how many frames a record of the runtime holds.
const recordFrames = len(runtime.StackRecord{}.Stack0)

// readRecords returns all records. Between asking how many there are and reading
// them there can be more.
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

// addRecords says whether all stacks are known whole or as far as a tag. It stops
// where one is not.
func (all sums) addRecords(fs *frames, rate, depth int) (whole bool) {
	records := readRecords()
	for i := range records {
		if all.addRecord(&records[i], fs, rate, depth) {
			return false
		}
	}
	return true
}

// addRecord says whether the record's stack may go on beyond its last frame
// without a tag so far.
func (all sums) addRecord(r *runtime.MemProfileRecord, fs *frames, rate, depth int) (cut bool) {
	stack := r.Stack()
	var p place
	for _, pc := range stack {
		p.add(fs.at(pc))
	}
	cut = p.id == 0 && len(stack) >= min(recordFrames, depth) && p.outermost != "runtime.goexit"
	live, variance := estimate(r.InUseObjects(), r.InUseBytes(), rate)
	allocated, _ := estimate(r.AllocObjects, r.AllocBytes, rate)
	all.add(&p, cut, live, variance, allocated)
	return cut
}
