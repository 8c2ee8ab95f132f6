// Package conclusions says what the figures of a report mean: its headline and
// its findings. Everything here is a pure function of the report's data.
package conclusions
