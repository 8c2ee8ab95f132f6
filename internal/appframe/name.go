package appframe

import "strings"

// ShortName replaces the type arguments in a function's name by "[...]", as the
// runtime's tracebacks do. They can be longer than a line and differ from one
// instantiation to the next.
func ShortName(function string) string {
	open, end := strings.IndexByte(function, '['), strings.LastIndexByte(function, ']')
	if open < 0 || end < open {
		return function
	}
	return function[:open] + "[...]" + function[end+1:]
}
