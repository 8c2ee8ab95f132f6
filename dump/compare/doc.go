// Package compare shows what grew between two heap profiles: by operation, by
// function or by line.
//
//	base, err := compare.Read("first.pb.gz")
//	...
//	rows, err := compare.Rows(base, current, compare.Line)
//
// The bytes of a row are those in use: allocated and not yet freed when the profile
// was taken. Like everything in a heap profile they are estimates from samples, and
// up to two GC cycles old.
//
// An allocation belongs to the operation that its labels name; without labels, to
// the outermost function of the application on its stack. Its function and line are
// the application's innermost: what the standard library allocates counts for the
// line that called it. Rows therefore have the same names as the report of package
// otelmem.
//
// The functions keep no state and do not change profiles: a profile can be used by
// several goroutines at once.
package compare
