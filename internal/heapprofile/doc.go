// Package heapprofile reads the runtime's heap profile by operation.
//
// [Read] adds up what is live and what was ever allocated, by the tags of package
// heaptag, by functions that belong to one operation, and by the application's code:
// the function that a server, a router or a wrapper of the application's own calls.
// It forces no GC: figures are as of the last completed cycle or the one before it.
// [Label] writes the same attribution into a profile file, as pprof labels.
//
// # Stack depth
//
// The runtime's records hold 32 frames of a stack. Where one is full and has no tag,
// [Read] takes the profile that runtime/pprof writes, which costs more and holds 128
// frames (GODEBUG=profstackdepth, 1,024 at most). Where a stack is deeper still and
// no tag was seen, its bytes are counted as too deep and charged to nobody.
package heapprofile
