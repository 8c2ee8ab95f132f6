// Package dump writes heap profiles when memory crosses a threshold, and says so
// in event spans.
//
// A [Dumper] looks at the process's memory four times a second. When a rung of
// its ladder is crossed it ends and flushes a span, otelmem.threshold_crossed,
// which links to the operations that ran then; and only after that it writes the
// profile, so that the event survives a kill. The written profile is that span's
// child, otelmem.heap_profile_written.
//
// # Files
//
// A profile is what runtime/pprof writes, for go tool pprof. Beside it lies a
// JSON file with what was known at that moment. A profile comes into being by a
// rename, after its side file, so that one that has its final name is whole.
// Files have mode 0600, their folder 0700. Retention touches only files that
// bear the package's names and have a side file of its making.
//
// # Limits
//
// The heap profile is sampled, and up to two GC cycles old; nothing here forces a
// GC. Where runtime.MemProfileRate is 0 it is empty, and the event says so.
package dump
