package memgrpc_test

import (
	"fmt"

	"google.golang.org/grpc"

	"github.com/otelmem/otelmem-go/otelmem/memgrpc"
)

// Both interceptors, inside those that recover from panics. What a method keeps is
// known as "package.Service/Method".
func Example() {
	server := grpc.NewServer(
		grpc.ChainUnaryInterceptor(memgrpc.UnaryServerInterceptor()),
		grpc.ChainStreamInterceptor(memgrpc.StreamServerInterceptor()))
	defer server.Stop()
	fmt.Println(len(server.GetServiceInfo()), "services yet")
	// Output: 0 services yet
}
