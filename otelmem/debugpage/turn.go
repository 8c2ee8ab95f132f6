package debugpage

import (
	"context"
	"fmt"
)

// turns lets one through at a time: profiles are large. Make it with newTurns.
type turns chan struct{}

func newTurns() turns { return make(turns, 1) }

// enter waits for its turn, at most until ctx is done.
func (t turns) enter(ctx context.Context) (leave func(), err error) {
	select {
	case t <- struct{}{}:
		return func() { <-t }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait while another request reads heap profiles: %w", ctx.Err())
	}
}
