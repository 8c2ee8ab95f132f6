package heapprofile

import (
	"cmp"
	"math"
	"slices"

	"github.com/otelmem/otelmem-go/internal/appframe"
)

// maxSites is the number of sites kept per usage.
const maxSites = 5

// Usage is the memory of one tag, one operation or one piece of untagged code, in
// bytes. All figures are estimates from the runtime's samples.
type Usage struct {
	// Live was reachable at the last completed GC cycle or the one before it. Error
	// is its standard error from sampling.
	Live  float64
	Error float64
	// Allocated is what was ever allocated.
	Allocated float64
	// Sites are the lines that allocated most of Live, the largest first, at most 5.
	Sites []SiteBytes
}

// SiteBytes is a line of code and how many bytes that it allocated are live.
type SiteBytes struct {
	appframe.Site
	Live float64
}

// Sum adds two usages up. Either may be nil, for none.
func Sum(a, b *Usage) *Usage {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	sites := make(map[appframe.Site]float64)
	for _, s := range slices.Concat(a.Sites, b.Sites) {
		sites[s.Site] += s.Live
	}
	return &Usage{
		Live:      a.Live + b.Live,
		Error:     math.Hypot(a.Error, b.Error),
		Allocated: a.Allocated + b.Allocated,
		Sites:     largest(sites),
	}
}

// largest returns the sites with most live bytes, at most maxSites.
func largest(live map[appframe.Site]float64) []SiteBytes {
	sites := make([]SiteBytes, 0, len(live))
	for site, bytes := range live {
		sites = append(sites, SiteBytes{site, bytes})
	}
	slices.SortFunc(sites, func(a, b SiteBytes) int {
		return cmp.Or(cmp.Compare(b.Live, a.Live), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return slices.Clone(sites[:min(len(sites), maxSites)])
}
