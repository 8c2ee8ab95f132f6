// Package diaglog is the diagnostic log: what is written, in which words, and to
// where.
package diaglog
