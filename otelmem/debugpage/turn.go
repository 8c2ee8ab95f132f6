package debugpage

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// turnPatience is how long a request waits for its turn. A person asks for one page at a
// time; who asks for many gets an answer to each, soon.
const turnPatience = time.Second

// retryAfter is when to ask again, in seconds.
const retryAfter = "5"

// errBusy is returned to who did not get a turn.
var errBusy = errors.New("another request reads heap profiles, and one at a time does: try again in some seconds")

// turns lets one through at a time: profiles are large. Make it with newTurns.
type turns chan struct{}

func newTurns() turns { return make(turns, 1) }

// enter waits for its turn, at most turnPatience and until ctx is done.
func (t turns) enter(ctx context.Context) (leave func(), err error) {
	patience := time.NewTimer(turnPatience)
	defer patience.Stop()
	select {
	case t <- struct{}{}:
		return func() { <-t }, nil
	case <-patience.C:
		return nil, errBusy
	case <-ctx.Done():
		return nil, fmt.Errorf("wait while another request reads heap profiles: %w", ctx.Err())
	}
}
