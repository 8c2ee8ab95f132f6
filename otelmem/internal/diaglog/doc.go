// Package diaglog is the diagnostic log: what is written, in which words, and to
// where.
//
// A record is a sentence of some kind, with its figures as attributes. The file
// gets lines
//
//	[2025-11-26T10:00:00.000Z] [INIT] Baseline memory: RSS: 250MB
//
// and a logger the sentence with all attributes, the first of which is kind.
// Attributes are in bytes unless their name says rate: bytes a second.
package diaglog
