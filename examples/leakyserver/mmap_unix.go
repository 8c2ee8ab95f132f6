//go:build unix

package main

import (
	"fmt"
	"syscall"
)

// mapAnonymous maps memory outside Go's heap, as cgo libraries do.
func mapAnonymous(size int) ([]byte, error) {
	b, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("map %d bytes: %w", size, err)
	}
	return b, nil
}

func unmap(b []byte) { _ = syscall.Munmap(b) }
