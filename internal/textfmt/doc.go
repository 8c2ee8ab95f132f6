// Package textfmt formats figures and names for people: in the log, the report,
// the debug page and the command. All functions are pure.
package textfmt
