package goroutines

import (
	"errors"
	"fmt"
	"runtime/pprof"

	"github.com/otelmem/otelmem-go/internal/appframe"
)

// ErrNoLeakProfile is returned where the runtime has no profile of leaked goroutines.
var ErrNoLeakProfile = errors.New(`no profile "goroutineleak": Go 1.26 has it in programs built with GOEXPERIMENT=goroutineleakprofile`)

// Leaked returns the goroutines that the runtime knows to be blocked for ever: on
// channels or locks that nothing else can reach. It runs a garbage collection: call it
// only when a person asks for it.
func Leaked() ([]Group, error) { return leaked(appframe.MayBegin) }

func leaked(isApplication func(string) bool) ([]Group, error) {
	profile := pprof.Lookup("goroutineleak")
	if profile == nil {
		return nil, ErrNoLeakProfile
	}
	t := newTally(byName(isApplication))
	if err := t.addProfile(profile); err != nil {
		return nil, fmt.Errorf("read the profile of leaked goroutines: %w", err)
	}
	return t.groups(), nil
}
