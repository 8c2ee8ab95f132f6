//go:build !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package dump

import (
	"errors"
	"os"
)

// lock is not there on this system: process ids must do.
func lock(*os.File) (bool, error) { return false, errors.ErrUnsupported }
