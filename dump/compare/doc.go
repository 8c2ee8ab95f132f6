// Package compare says what grew between two heap profiles: by operation, by
// function or by line.
//
//	base, err := compare.Read("first.pb.gz")
//	...
//	rows, err := compare.Rows(base, current, compare.Line)
//
// A row's bytes are those in use: what was allocated and not yet freed when the
// profile was taken. They are estimates from samples, as everything in a heap
// profile, and up to two GC cycles old.
//
// An allocation belongs to the operation that its labels name; without labels, to
// the application's outermost function on the stack. Its function and line are
// the application's innermost: what the standard library allocates counts for the
// line that called it. So rows name what the report of package otelmem names.
//
// The functions keep no state. They only read profiles, so that one can be used
// by many at once.
package compare
