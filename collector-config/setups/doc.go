// Package setups proves what the page "Which set-up have you?" (SETUPS.md) says: each
// of its lines is a row of a table here, of what is configured and what must then
// arrive at an OTLP receiver. The SDK, otelconf and the exporters are the real ones.
//
//	go test ./...
package setups
