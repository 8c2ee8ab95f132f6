// Package stats has the robust statistics of a short time series: the Theil–Sen
// slope, Student's t, and thinning that keeps a long history within a bound.
//
// Everything here is a pure function: no clock, no I/O, no goroutine.
package stats
