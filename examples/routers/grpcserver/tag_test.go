package grpcserver

import (
	"context"
	"net"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"github.com/otelmem/otelmem-go/examples/routers/proof"
	"github.com/otelmem/otelmem-go/otelmem/memgrpc"
)

const (
	check = "grpc.health.v1.Health/Check"
	watch = "grpc.health.v1.Health/Watch"
)

// keeper is a service with a unary and a stream method. The request says what it
// does.
type keeper struct {
	grpc_health_v1.UnimplementedHealthServer
}

func (keeper) Check(ctx context.Context, in *grpc_health_v1.HealthCheckRequest) (*grpc_health_v1.HealthCheckResponse, error) {
	return serving(), act(ctx, in.GetService())
}

func (keeper) Watch(in *grpc_health_v1.HealthCheckRequest, out grpc.ServerStreamingServer[grpc_health_v1.HealthCheckResponse]) error {
	if err := act(out.Context(), in.GetService()); err != nil {
		return err
	}
	return out.Send(serving())
}

func serving() *grpc_health_v1.HealthCheckResponse {
	return &grpc_health_v1.HealthCheckResponse{Status: grpc_health_v1.HealthCheckResponse_SERVING}
}

func act(ctx context.Context, what string) error {
	switch what {
	case "keep":
		proof.Keep()
	case "elsewhere":
		proof.KeepElsewhere(ctx)
	case "inner":
		proof.KeepInner(ctx)
	case "fail":
		return status.Error(codes.NotFound, what)
	case "boom":
		panic("boom")
	}
	return nil
}

// nothing is a stream without a connection.
type nothing struct {
	grpc.ServerStream
	ctx context.Context
}

func (s nothing) Context() context.Context { return s.ctx }

// dial serves and returns a connection.
func dial(t *testing.T, opts ...grpc.ServerOption) *grpc.ClientConn {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(append(opts, grpc.ChainUnaryInterceptor(memgrpc.UnaryServerInterceptor()), grpc.ChainStreamInterceptor(memgrpc.StreamServerInterceptor()))...)
	grpc_health_v1.RegisterHealthServer(server, keeper{})
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		server.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return conn
}

// call calls a method and returns its status.
func call(t *testing.T, conn *grpc.ClientConn, method, what string) codes.Code {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	in := &grpc_health_v1.HealthCheckRequest{Service: what}
	if method != watch {
		return status.Code(conn.Invoke(ctx, "/"+method, in, new(grpc_health_v1.HealthCheckResponse)))
	}
	stream, err := grpc_health_v1.NewHealthClient(conn).Watch(ctx, in)
	if err != nil {
		return status.Code(err)
	}
	_, err = stream.Recv()
	return status.Code(err)
}

func TestAnOperationIsNamedByItsMethod(t *testing.T) {
	conn := dial(t)
	// The connection's own memory is no operation's, and made before.
	if code := call(t, conn, check, ""); code != codes.OK {
		t.Fatal(code)
	}
	for _, c := range []struct{ name, method, what, operation string }{
		{"unary", check, "keep", check},
		{"unary, on another goroutine", check, "elsewhere", check},
		{"unary, within Do, whose name wins", check, "inner", "thumbnails"},
		{"stream", watch, "keep", watch},
		{"stream, on another goroutine", watch, "elsewhere", watch},
		{"stream, within Do, whose name wins", watch, "inner", "thumbnails"},
	} {
		t.Run(c.name, func(t *testing.T) {
			proof.WantGrowth(t, c.operation, func() {
				if code := call(t, conn, c.method, c.what); code != codes.OK {
					t.Errorf("%s: %v, want OK", c.method, code)
				}
			})
		})
	}
}

func TestAHandlersErrorPasses(t *testing.T) {
	conn := dial(t)
	for _, method := range []string{check, watch} {
		if code := call(t, conn, method, "fail"); code != codes.NotFound {
			t.Errorf("%s: %v, want NotFound", method, code)
		}
	}
}

func TestWhatAClientMakesUpIsNoOperation(t *testing.T) {
	conn := dial(t)
	keeping := dial(t, grpc.UnknownServiceHandler(func(any, grpc.ServerStream) error {
		proof.Keep()
		return status.Error(codes.Unimplemented, "no such method")
	}))
	proof.WantNoOperation(t, func() {
		for _, c := range []*grpc.ClientConn{conn, keeping} {
			if code := call(t, c, "made.Up/Method", ""); code != codes.Unimplemented {
				t.Errorf("%v, want Unimplemented", code)
			}
		}
	})
}

func TestAPanicPassesThrough(t *testing.T) {
	t.Run("unary", func(t *testing.T) {
		proof.WantPanic(t, func() {
			_, err := memgrpc.UnaryServerInterceptor()(t.Context(), nil, &grpc.UnaryServerInfo{FullMethod: "/" + check}, func(ctx context.Context, _ any) (any, error) {
				return nil, act(ctx, "boom")
			})
			t.Errorf("it returned %v", err)
		})
	})
	t.Run("stream", func(t *testing.T) {
		proof.WantPanic(t, func() {
			err := memgrpc.StreamServerInterceptor()(keeper{}, nothing{ctx: t.Context()}, &grpc.StreamServerInfo{FullMethod: "/" + watch}, func(_ any, s grpc.ServerStream) error {
				return act(s.Context(), "boom")
			})
			t.Errorf("it returned %v", err)
		})
	})
}
