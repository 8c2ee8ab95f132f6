// Package order has orders that package cmp lacks.
package order

// TrueFirst compares as [cmp.Compare] does: true comes before false.
func TrueFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	default:
		return 1
	}
}
