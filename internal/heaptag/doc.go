// Package heaptag puts tags on the runtime's heap profile, which has no labels.
//
// [Do] calls a function through one generated function that has a call site for
// each of 1,024 tags. The runtime stores return addresses in the stack of every
// allocation that it samples; so the return address in that one frame is the tag
// of all that was allocated below it, for as long as it lives. A call costs some
// nanoseconds and allocates nothing (BenchmarkDo).
//
// [Read] takes the profile and adds up, by tag, what is live and what was ever
// allocated. It forces no GC: figures are as of the last one or two.
//
// # Limits
//
// The innermost tag wins. A goroutine started inside has lost the frame. The
// runtime's records hold 32 frames; where one is full and has no tag, [Read] takes
// the profile that runtime/pprof writes, which costs more and holds 128 frames
// (GODEBUG=profstackdepth, 1,024 at most). Where the tag's frame lies deeper still,
// the bytes are counted as too deep, never as someone else's.
package heaptag

//go:generate go run ./gen
