// Package drive runs cases: each in a process of its own, with load from this one
// over loopback, and judges what the diagnostics say.
package drive
