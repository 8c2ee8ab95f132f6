// Package e2e proves what README.md and QUERIES.md say of real backends, against
// the real ones:
//
//	go test -v .
//
// It needs Go and the module proxy. Backends are built once, which takes minutes,
// and kept in the user's cache folder. Where TEMPO_BIN names a Tempo 2.10 binary,
// its queries are run too.
package e2e
