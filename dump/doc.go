// Package dump writes heap profiles when memory crosses a threshold, and says so
// in event spans.
//
// A [Dumper] looks at the process's memory four times a second. When a rung of
// its ladder is crossed it ends and flushes a span, otelmem.threshold_crossed,
// which links to the operations that ran then; and only after that it writes the
// profile, so that the event survives a kill. It waits two seconds at most for the
// event to leave. The written profile is that span's child,
// otelmem.heap_profile_written.
//
// # When
//
// One profile a crossing, the highest rung's if several are crossed at once; again
// after memory fell 10 % below the rung; a minute apart unless a higher rung is
// crossed. Early, once, where the slope of the last four seconds reaches the limit
// within twice the time that a dump takes. Not where the room below the limit, or
// on the disk, is less than writing costs: the event span leaves all the same.
//
// Memory is the resident set. With GOGC=off and GOMEMLIMIT, where the heap always
// grows up to the limit, it is what is live after GC, stacks, and what lies
// outside Go.
//
// # Files
//
// A profile is what runtime/pprof writes, for go tool pprof. Beside it lies a
// JSON file with what was known at that moment. A profile comes into being by a
// rename, after its side file, so that one that has its final name is whole.
// Files have mode 0600, their folder 0700. Retention touches only regular files
// that bear the package's names and have a side file of its making; the first and
// the last profile of an episode survive longest, since a comparison needs both.
// An episode lasts from the first rung crossed until all are armed again.
//
// While memory is high a small file named .otelmem-state-* lies there too. Its
// process holds its lock, and removes it at Shutdown; one that nobody holds makes
// the next Start tell of an unclean exit. So processes can share the folder.
//
// # Failures
//
// Errors are told as events, one a crossing, and the watcher goes on. A panic, in
// the watcher or in a callback, turns the watcher off with an event [Disabled];
// the profile at hand is written first where it can be, and [Dumper.Dump] goes on
// working.
//
// # Limits
//
// The heap profile is sampled, and up to two GC cycles old; nothing here forces a
// GC. Where runtime.MemProfileRate is 0 it is empty, and event and side file say
// so. While a profile is being written, thresholds wait.
package dump
