// Package backends builds and runs the programs that people read this module's
// data in: the OpenTelemetry Collector, Jaeger, Prometheus and, where a binary is
// given, Tempo. Each is the real one, built from the Go module proxy, and listens
// on loopback only.
package backends
