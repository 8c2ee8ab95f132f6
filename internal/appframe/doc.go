// Package appframe says whose code a stack frame is: the application's own, a
// dependency's, the standard library's or this module's. A person looks for the
// application's lines.
//
// The application is the main module, which the build information names. What is
// listed by hand are only servers, routers and schedulers, below which an operation
// begins ([Serves]).
package appframe
