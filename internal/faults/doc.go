// Package faults has tests alone: each hurts a service that has diagnostics, beside
// load, and asks that every request is answered right, that nothing is left behind,
// that the fault can be seen, and that it is over when it ends.
package faults
