package memgrpc_test

import (
	"context"
	"runtime"
	"slices"
	"testing"

	"google.golang.org/grpc"

	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/memgrpc"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

const size = 8 << 20

// stream is one that nothing is sent through.
type stream struct {
	grpc.ServerStream
	ctx context.Context
}

func (s *stream) Context() context.Context { return s.ctx }

// diagnose turns diagnostics, and with them tags, on.
func diagnose(t *testing.T) *otelmem.Diagnostics {
	t.Helper()
	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithLogFile("none"), otelmem.WithDumpDir(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mem.Shutdown(context.Background()) })
	return mem
}

// live is what the report says that operations hold.
func live(t *testing.T, mem *otelmem.Diagnostics) func(operation string) int64 {
	t.Helper()
	runtime.GC()
	runtime.GC()
	r, err := mem.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return func(operation string) int64 {
		i := slices.IndexFunc(r.Operations, func(o report.Operation) bool { return o.Name == operation })
		if i < 0 {
			return 0
		}
		return r.Operations[i].Live
	}
}

func TestCallsHoldWhatTheyKeepByTheirMethod(t *testing.T) {
	runtime.MemProfileRate = 1
	mem := diagnose(t)
	var unary, streamed, unknown []byte
	_, err := memgrpc.UnaryServerInterceptor()(t.Context(), nil, &grpc.UnaryServerInfo{FullMethod: "/shop.Orders/List"}, func(context.Context, any) (any, error) {
		unary = make([]byte, size)
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	intercept := memgrpc.StreamServerInterceptor()
	s := &stream{ctx: t.Context()}
	if err := intercept(t, s, &grpc.StreamServerInfo{FullMethod: "/shop.Orders/Watch"}, func(_ any, s grpc.ServerStream) error {
		done := make(chan struct{})
		otelmem.Go(s.Context(), func(context.Context) { // the stream's context carries the operation
			streamed = make([]byte, size)
			close(done)
		})
		<-done
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := intercept(nil, s, &grpc.StreamServerInfo{FullMethod: "/made.Up/Method"}, func(any, grpc.ServerStream) error {
		unknown = make([]byte, size)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	holds := live(t, mem)
	for operation, want := range map[string]int64{"shop.Orders/List": size, "shop.Orders/Watch": size, "made.Up/Method": 0} {
		if got := holds(operation); got < want || got > want+want/10 {
			t.Errorf("%s holds %d bytes, want %d", operation, got, want)
		}
	}
	runtime.KeepAlive(unary)
	runtime.KeepAlive(streamed)
	runtime.KeepAlive(unknown)
}
