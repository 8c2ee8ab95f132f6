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
	// Site is the application's line nearest to the allocation; a dependency's, or
	// the standard library's, where the application is not on the stack.
	appframe.Site
	// Via is the dependency's line through which most of it was allocated; zero where
	// the application allocates itself.
	Via  appframe.Site
	Live float64
}

// Total is the usage of everything, without its sites.
func (p *Profile) Total() (total Usage) {
	add := func(u *Usage) {
		total.Live += u.Live
		total.Error = math.Hypot(total.Error, u.Error)
		total.Allocated += u.Allocated
	}
	for _, u := range p.Tagged {
		add(u)
	}
	for _, u := range p.Labelled {
		add(u)
	}
	for _, u := range p.Learned {
		add(u)
	}
	for _, u := range p.Code {
		add(u)
	}
	add(&p.TooDeep)
	return total
}

// Sum adds two usages up. Either may be nil, for none.
func Sum(a, b *Usage) *Usage {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	return &Usage{
		Live:      a.Live + b.Live,
		Error:     math.Hypot(a.Error, b.Error),
		Allocated: a.Allocated + b.Allocated,
		Sites:     largest(slices.Concat(a.Sites, b.Sites)),
	}
}

// largest adds up what has the same site, and returns those with most live bytes, at
// most maxSites. It changes all's order.
func largest(all []SiteBytes) []SiteBytes {
	byLive := func(a, b SiteBytes) int {
		return cmp.Or(cmp.Compare(b.Live, a.Live), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Via.File, b.Via.File), cmp.Compare(a.Via.Line, b.Via.Line))
	}
	slices.SortFunc(all, byLive)
	var sites []SiteBytes
	index := make(map[appframe.Site]int)
	for _, s := range all {
		if i, ok := index[s.Site]; ok {
			sites[i].Live += s.Live // its Via is the one of most bytes
			continue
		}
		index[s.Site] = len(sites)
		sites = append(sites, s)
	}
	slices.SortStableFunc(sites, byLive)
	return slices.Clone(sites[:min(len(sites), maxSites)])
}
