// Package pprofwire reads and writes profiles in the protobuf form that runtime/pprof
// writes, one field of the outer message at a time: as much of the wire format as
// profiles use, so that a large one is never decoded whole.
package pprofwire
