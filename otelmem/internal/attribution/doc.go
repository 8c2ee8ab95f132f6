// Package attribution says which operation holds the heap, and follows that over
// time. The way of a heap sample through it:
//
//   - [Tracker.Read] reads the heap profile, whose bytes are by tag, by learned
//     function and by code, and the goroutines by operation;
//   - each operation's bytes become a point of its series, which package verdict
//     judges;
//   - an operation whose series is accused is suspected to leak, until its growth has
//     ended; both are reported once.
package attribution
