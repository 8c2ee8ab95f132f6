// Package telemetry is what the diagnostics send to OpenTelemetry beside the
// attributes of spans: the instruments of the meter, and the event span of a
// suspected leak.
package telemetry
