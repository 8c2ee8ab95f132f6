package connectserver

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/otelmem/otelmem-go/examples/routers/proof"
)

// The procedures of a service, as generated code has them. A request says what the
// service does.
const (
	check = "/shop.Orders/Check"
	watch = "/shop.Orders/Watch"
)

type message = wrapperspb.StringValue

func act(ctx context.Context, what string) error {
	switch what {
	case "keep":
		proof.Keep()
	case "elsewhere":
		proof.KeepElsewhere(ctx)
	case "inner":
		proof.KeepInner(ctx)
	case "fail":
		return connect.NewError(connect.CodeNotFound, errors.New(what))
	case "boom":
		panic("boom")
	}
	return nil
}

func service() http.Handler {
	tagged := connect.WithInterceptors(Interceptor{})
	mux := http.NewServeMux()
	mux.Handle(check, connect.NewUnaryHandler(check, func(ctx context.Context, in *connect.Request[message]) (*connect.Response[message], error) {
		return connect.NewResponse(new(message)), act(ctx, in.Msg.GetValue())
	}, tagged))
	mux.Handle(watch, connect.NewServerStreamHandler(watch, func(ctx context.Context, in *connect.Request[message], out *connect.ServerStream[message]) error {
		if err := act(ctx, in.Msg.GetValue()); err != nil {
			return err
		}
		return out.Send(new(message))
	}, tagged))
	return mux
}

// call calls a procedure over HTTP and returns its error.
func call(t *testing.T, server *httptest.Server, procedure, what string) error {
	t.Helper()
	client := connect.NewClient[message, message](server.Client(), server.URL+procedure, connect.WithInterceptors(Interceptor{}))
	in := connect.NewRequest(wrapperspb.String(what))
	if procedure != watch {
		_, err := client.CallUnary(t.Context(), in)
		return err
	}
	stream, err := client.CallServerStream(t.Context(), in)
	if err != nil {
		return err
	}
	for stream.Receive() {
	}
	return errors.Join(stream.Err(), stream.Close())
}

func serve(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(service())
	t.Cleanup(server.Close)
	return server
}

func TestAnOperationIsNamedByItsProcedure(t *testing.T) {
	server := serve(t)
	// The connection's own memory is no procedure's, and made before.
	if err := call(t, server, check, ""); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, procedure, what, operation string }{
		{"unary", check, "keep", "shop.Orders/Check"},
		{"unary, on another goroutine", check, "elsewhere", "shop.Orders/Check"},
		{"unary, within Do, whose name wins", check, "inner", "thumbnails"},
		{"stream", watch, "keep", "shop.Orders/Watch"},
		{"stream, on another goroutine", watch, "elsewhere", "shop.Orders/Watch"},
		{"stream, within Do, whose name wins", watch, "inner", "thumbnails"},
	} {
		t.Run(c.name, func(t *testing.T) {
			proof.WantGrowth(t, c.operation, func() {
				if err := call(t, server, c.procedure, c.what); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestAHandlersErrorPasses(t *testing.T) {
	server := serve(t)
	for _, procedure := range []string{check, watch} {
		if err := call(t, server, procedure, "fail"); connect.CodeOf(err) != connect.CodeNotFound {
			t.Errorf("%s: %v, want not found", procedure, err)
		}
	}
}

func TestAPanicPassesThrough(t *testing.T) {
	for _, procedure := range []string{check, watch} {
		t.Run(procedure, func(t *testing.T) {
			proof.WantPanic(t, func() { panicIn(t, procedure) })
		})
	}
}

// panicIn calls the interceptor alone, since a server's connection would recover.
func panicIn(t *testing.T, procedure string) {
	t.Helper()
	if procedure == check {
		_, err := Interceptor{}.WrapUnary(func(ctx context.Context, _ connect.AnyRequest) (connect.AnyResponse, error) {
			return nil, act(ctx, "boom")
		})(t.Context(), connect.NewRequest(new(message)))
		t.Errorf("it returned %v", err)
		return
	}
	err := Interceptor{}.WrapStreamingHandler(func(ctx context.Context, _ connect.StreamingHandlerConn) error {
		return act(ctx, "boom")
	})(t.Context(), connection{})
	t.Errorf("it returned %v", err)
}

// connection is a stream that nothing is sent through.
type connection struct{ connect.StreamingHandlerConn }

func (connection) Spec() connect.Spec { return connect.Spec{Procedure: watch} }
