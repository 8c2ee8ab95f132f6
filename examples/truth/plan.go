package main

import (
	"math/rand/v2"
	"slices"
)

const (
	kib = 1 << 10
	mib = 1 << 20

	// callsEach is how often each operation runs.
	callsEach = 96
	// churn is about what a call of an operation that retains nothing allocates.
	churn = mib / 2
)

// names of the operations. The first len(holderKinds) retain, each in the holder
// of the same index.
var names = [...]string{
	"import_orders", "index_search", "sync_stock", "render_invoice", "resize_image", "send_mail", "poll_device",
	"list_orders", "get_order", "put_order", "list_users", "get_user", "login", "logout",
	"health", "price_quote", "export_csv", "audit_trail", "webhook", "refresh_cache",
}

// leak is how much an operation retains, in objects of what sizes.
type leak struct {
	bytes, minSize, maxSize int64
}

// leaks are dealt to the holders anew for each seed. An estimate from n samples
// has an error of about 1/sqrt(n), so the one made of small objects, where a
// sample stands for 512 KiB, is the largest.
var leaks = []leak{
	{256 * mib, 64, 64 * kib},
	{112 * mib, 64, 4 * mib},
	{72 * mib, 64, 4 * mib},
	{8 * mib, 64, 64 * kib},
	{4 * mib, 64, 256 * kib},
	{2 * mib, 64, 16 * kib},
	{1 * mib, 64, 4 * kib},
}

// call is one execution of an operation. Its batch is allocated beforehand,
// outside every tag, so that what the operation allocates is the objects.
type call struct {
	operation int
	sizes     []int
	batch     [][]byte
	depth     int
}

// plan returns the calls in the order in which they start. depth is the frames
// between tag and allocation; 0 for 5 to 25 by chance.
func plan(seed uint64, depth int) []*call {
	random := rand.New(rand.NewPCG(seed, 20))
	dealt := slices.Clone(leaks)
	random.Shuffle(len(dealt), func(i, j int) { dealt[i], dealt[j] = dealt[j], dealt[i] })
	var calls []*call
	for operation := range names {
		l := leak{callsEach * churn, 64, 4 * mib}
		if operation < len(dealt) {
			l = dealt[operation]
		}
		mine := make([]*call, callsEach)
		for i := range mine {
			mine[i] = &call{operation: operation, depth: depth}
			if depth == 0 {
				mine[i].depth = 5 + random.IntN(21)
			}
		}
		for left := l.bytes; left > 0; {
			size := min(randomSize(random, l.minSize, l.maxSize), left)
			c := mine[random.IntN(len(mine))]
			c.sizes = append(c.sizes, int(size))
			left -= size
		}
		calls = append(calls, mine...)
	}
	for _, c := range calls {
		c.batch = make([][]byte, len(c.sizes))
	}
	random.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })
	return calls
}

// randomSize returns a power of two: the allocator rounds none of them up, so
// that the sum of sizes is exactly what the heap holds.
func randomSize(random *rand.Rand, least, most int64) int64 {
	steps := 0
	for size := least; size < most; size *= 2 {
		steps++
	}
	return least << random.IntN(steps+1)
}
