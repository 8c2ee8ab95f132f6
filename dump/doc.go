// Package dump writes heap profiles when memory crosses a threshold, and reports
// it in event spans.
//
// A [Dumper] reads the process's memory four times a second. When a threshold is
// crossed, it first ends and flushes a span, otelmem.threshold_crossed, which links
// to the operations that were running, and then writes the profile: so the event
// is sent even if the process is killed while it writes. The flush may take two
// seconds at most. The written profile has a span too, a child of the first,
// otelmem.heap_profile_written.
//
// # When a profile is written
//
// One profile is written per crossing, for the highest threshold if several are
// crossed at once. A threshold can be crossed again after memory has fallen 10 %
// below it. Two profiles are at least a minute apart, unless a higher threshold
// is crossed. A profile is written early, once, if memory will reach the limit
// within twice the time that writing takes, judged by its growth in the last four
// seconds. If the memory left below a hard limit, or the space left on disk, is less
// than writing costs, no profile is written; the event span is sent all the same. Too
// little space on disk counts as a failure, too little memory does not.
//
// Memory means the resident set, or what counts against the limit: see [Limit]. With
// GOGC=off and GOMEMLIMIT, where the heap always grows up to the limit, it means what
// was live after the last GC cycle, stacks, and memory outside Go. The limit can
// change while the process runs: see [WithCurrentLimit].
//
// # Files
//
// A profile has the format of runtime/pprof, for go tool pprof. Beside it is a
// metadata file, in JSON, with what was known when it was written ([Metadata]). A
// profile gets its final name last, by a rename, so a profile that has it is
// complete. Files have mode 0600, their folder 0700. Retention deletes only regular
// files that have this package's names and a valid metadata file. It keeps the first
// and the last profile of an episode longest, since a comparison needs both, and the
// newest always, by the order of writing. An
// episode starts when the first threshold is crossed, and ends when memory has
// fallen below all of them.
//
// During an episode the folder also has a small file .otelmem-state-*, the
// unclean-exit marker. Its process keeps it locked, and removes it at the end of the
// episode and at Shutdown. A marker that no process has locked makes the next
// Start report an unclean exit. Processes can therefore share a folder.
//
// # Failures
//
// Errors are reported as events, one per crossing, and the watcher continues. If a
// callback or the watcher panics, the watcher stops with an event [Disabled]; the
// profile in progress is written first if possible, and [Dumper.Dump] still works.
//
// # Limits
//
// The heap profile is sampled, and up to two GC cycles old; this package never
// forces a GC cycle. If runtime.MemProfileRate is 0, the profile is empty; the event
// and the metadata file say so. Thresholds are not checked while the watcher
// writes a profile.
package dump
