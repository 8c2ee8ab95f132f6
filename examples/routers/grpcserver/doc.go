// Package grpcserver proves otelmem/memgrpc with real servers and clients: what a
// method keeps is its operation's.
package grpcserver
