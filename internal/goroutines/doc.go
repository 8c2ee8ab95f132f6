// Package goroutines counts this process's goroutines by the operation that started
// them, the application's function that they run, and the line where they are
// blocked, and says what that means where it is known.
//
// The operation is the pprof label that otelmem.Do, Go and Handler set, which
// goroutines inherit. The goroutine profile, which has it, takes some KiB for each
// goroutine to read. Where that is more than there is room for, the runtime's records
// are read instead, which have no labels and take a tenth; where even they are too
// much, nothing is ([Reading.NotRead]).
package goroutines
