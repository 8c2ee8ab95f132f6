package attribution

import "runtime"

// Each allocation is sampled, from the start on: what tests allocate is known to the
// byte, and samples taken at two rates would be an error.
func init() { runtime.MemProfileRate = 1 }
