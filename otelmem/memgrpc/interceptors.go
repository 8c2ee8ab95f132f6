// Package memgrpc makes gRPC calls operations of memory diagnostics, by their full
// method. It is a module of its own, so that otelmem needs no gRPC.
//
// Two lines where the server is made, inside the interceptors that recover:
//
//	server := grpc.NewServer(
//		grpc.StatsHandler(otelgrpc.NewServerHandler()), // spans, by OpenTelemetry's own package
//		grpc.ChainUnaryInterceptor(memgrpc.UnaryServerInterceptor()),
//		grpc.ChainStreamInterceptor(memgrpc.StreamServerInterceptor()))
//
// What a method keeps is "package.Service/Method"'s. Calls of what no service has
// are no operations. grpc decodes a unary request before it runs interceptors: the
// request message itself is not covered, what the handler makes is. What a stream
// receives and sends is covered.
package memgrpc

import (
	"context"
	"strings"

	"google.golang.org/grpc"

	"github.com/otelmem/otelmem-go/otelmem"
)

// UnaryServerInterceptor makes each unary call the operation of its full method.
// Panics pass through.
func UnaryServerInterceptor() grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (resp any, err error) {
		otelmem.Do(ctx, operation(info.FullMethod), func(ctx context.Context) {
			resp, err = handler(ctx, req)
		})
		return resp, err
	}
}

// StreamServerInterceptor makes each stream the operation of its full method, for
// as long as it lasts. Panics pass through.
func StreamServerInterceptor() grpc.StreamServerInterceptor {
	return func(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) (err error) {
		if srv == nil { // grpc.UnknownServiceHandler: the client made the name up
			return handler(srv, stream)
		}
		otelmem.Do(stream.Context(), operation(info.FullMethod), func(ctx context.Context) {
			err = handler(srv, &tagged{ServerStream: stream, ctx: ctx})
		})
		return err
	}
}

func operation(fullMethod string) string { return strings.TrimPrefix(fullMethod, "/") }

// tagged is a stream whose context carries the operation.
type tagged struct {
	grpc.ServerStream
	ctx context.Context
}

func (s *tagged) Context() context.Context { return s.ctx }
