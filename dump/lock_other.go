//go:build !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package dump

import (
	"errors"
	"os"
)

// lock: files cannot be locked on this system; process ids and ages decide instead.
func lock(*os.File) (bool, error) { return false, errors.ErrUnsupported }
