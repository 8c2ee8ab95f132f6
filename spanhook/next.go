package spanhook

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// worksAgainAfter is how long a next processor that panicked must not have, to count
// as working.
const worksAgainAfter = time.Minute

// nextProcessor is other people's code behind a processor of ours: where it panics, the
// application does not notice, and the next span is handed on as before. It is safe
// for concurrent use.
type nextProcessor struct {
	sdktrace.SpanProcessor // nil for none
	onFail                 func(reason string)
	failed                 atomic.Int64 // when it last panicked, in Unix nanoseconds; 0: it works
}

func (n *nextProcessor) onStart(parent context.Context, s sdktrace.ReadWriteSpan) {
	if n.SpanProcessor == nil {
		return
	}
	defer n.contain("OnStart", nil)
	n.OnStart(parent, s)
}

func (n *nextProcessor) onEnd(s sdktrace.ReadOnlySpan) {
	if n.SpanProcessor == nil {
		return
	}
	defer n.contain("OnEnd", nil)
	n.OnEnd(s)
}

func (n *nextProcessor) shutdown(ctx context.Context) (err error) {
	if n.SpanProcessor == nil {
		return nil
	}
	defer n.contain("Shutdown", &err)
	return n.Shutdown(ctx)
}

func (n *nextProcessor) forceFlush(ctx context.Context) (err error) {
	if n.SpanProcessor == nil {
		return nil
	}
	defer n.contain("ForceFlush", &err)
	return n.ForceFlush(ctx)
}

// contain recovers from a panic in a method, and makes it the method's error.
func (n *nextProcessor) contain(method string, err *error) {
	p := recover()
	switch failed := n.failed.Load(); {
	case p != nil:
		reason := fmt.Sprintf("%s of the next span processor panicked: %v", method, p)
		if err != nil {
			*err = errors.New(reason)
		}
		n.failed.Store(time.Now().UnixNano())
		n.onFail(reason)
	case failed == 0:
	case time.Since(time.Unix(0, failed)) >= worksAgainAfter && n.failed.CompareAndSwap(failed, 0):
		n.onFail("")
	}
}
