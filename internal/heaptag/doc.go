// Package heaptag puts tags on the runtime's heap profile, which has no labels.
//
// [Do] calls a function through one generated function that has a separate call
// site for each of 1,024 tags. The runtime stores return addresses in the stack of
// every allocation that it samples, so the return address within that one frame is
// the tag of what was allocated below it, for as long as that lives. A call costs
// some nanoseconds and allocates nothing (BenchmarkDo).
//
// A [Registry] gives each operation its tag. Package heapprofile reads tags back
// from the profile, by return address ([ByReturnAddress]) or, from a file that
// another process wrote, by line number ([AtLine]).
//
// The innermost tag wins. A goroutine that is started under a tag does not have the
// frame on its stack, and so not the tag.
package heaptag

//go:generate go run ./gen
