// Package spanstats keeps what ended spans add up to. A span's way through it:
//
//   - [Queue] takes it from the goroutine that ended it, which only appends to a list;
//   - [Recorder] takes it from there in the background: it adds the span to the
//     [Statistics], keeps it if it is an example, and gives it to the observers
//     (metrics, learning, the log);
//   - reports and events read statistics and examples, and [Recorder.Suspects] picks those
//     spans that ran when memory crossed a threshold, for a dump to link to.
package spanstats
