package memstat

// Limit is the memory limit of this process.
type Limit struct {
	// Bytes is the limit; 0 when there is none.
	Bytes int64
	// Source says where it comes from: "GOMEMLIMIT", "cgroup"; empty when there
	// is none.
	Source string
}
