// Package report is what memory diagnostics know about a process, as plain data:
// which operation holds how much memory, since when, from which line of code, and
// how the process as a whole fares.
//
// A [Report] comes from otelmem.Diagnostics.Report, or from its JSON form, which
// the debug page serves as report.json. [Report.String] is the text that a person
// reads. Nothing in this package measures anything.
package report
