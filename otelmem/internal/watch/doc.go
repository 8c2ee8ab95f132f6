// Package watch judges programs from outside, by the profiles that net/http/pprof
// serves or that somebody collected: nothing is added to them. The way of a reading:
//
//   - a [Target] fetches the profiles of a running program, or [ReadFiles] those on disk;
//   - a [Program] takes them in, notices a restart, and has them judged by the same code
//     that judges inside a process (package attribution);
//   - [Program.Report] says what is known, as a report from inside does.
//
// What a target answers is a stranger's: its bytes, its time and its samples are
// bounded, and whatever it is, watching goes on.
package watch
