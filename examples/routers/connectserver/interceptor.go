// Package connectserver shows heap tags with connectrpc.com/connect: copy
// [Interceptor], and give it to handlers, inside the interceptors that recover:
//
//	path, handler := greetv1connect.NewGreetServiceHandler(service,
//		connect.WithRecover(recovered),
//		connect.WithInterceptors(connectserver.Interceptor{}))
//
// What a procedure keeps is "package.Service/Method"'s. connect decodes a unary
// request before it runs interceptors: the request message itself is not covered,
// what the handler makes is. What a stream receives and sends is covered.
package connectserver

import (
	"context"
	"strings"

	"connectrpc.com/connect"

	"github.com/otelmem/otelmem-go/otelmem"
)

// Interceptor makes each call that a handler serves the operation of its procedure.
type Interceptor struct{}

// WrapUnary implements [connect.Interceptor].
func (Interceptor) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (resp connect.AnyResponse, err error) {
		otelmem.Do(ctx, operation(req.Spec()), func(ctx context.Context) { resp, err = next(ctx, req) })
		return resp, err
	}
}

// WrapStreamingHandler implements [connect.Interceptor].
func (Interceptor) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) (err error) {
		otelmem.Do(ctx, operation(conn.Spec()), func(ctx context.Context) { err = next(ctx, conn) })
		return err
	}
}

// WrapStreamingClient implements [connect.Interceptor] and changes nothing: a
// client's calls are part of the operation that makes them.
func (Interceptor) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

func operation(s connect.Spec) string { return strings.TrimPrefix(s.Procedure, "/") }
