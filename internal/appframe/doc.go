// Package appframe says whose code a stack frame is: the application's own, or
// that of the standard library, a router, a framework or this module. A person
// looks for the application's lines.
package appframe
