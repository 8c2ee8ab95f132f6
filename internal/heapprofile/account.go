package heapprofile

import (
	"cmp"
	"math"
	"slices"

	"github.com/otelmem/otelmem-go/internal/appframe"
)

// sitesKept is how many sites an account has at most.
const sitesKept = 5

// Account is what one tag, or one piece of untagged code, holds. Bytes.
type Account struct {
	// Live is an estimate of what was live after the last GC but one, Error its
	// standard error from sampling.
	Live  float64
	Error float64
	// Allocated is an estimate of all that was ever allocated.
	Allocated float64
	// Sites are the lines that allocated what is live, the most first.
	Sites []SiteBytes
}

// SiteBytes is a line and what is live of its making.
type SiteBytes struct {
	appframe.Site
	Live float64
}

// Sum is what two accounts hold together. A nil one holds nothing.
func Sum(a, b *Account) *Account {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	sites := make(map[appframe.Site]float64)
	for _, s := range slices.Concat(a.Sites, b.Sites) {
		sites[s.Site] += s.Live
	}
	return &Account{
		Live:      a.Live + b.Live,
		Error:     math.Hypot(a.Error, b.Error),
		Allocated: a.Allocated + b.Allocated,
		Sites:     largest(sites),
	}
}

func largest(live map[appframe.Site]float64) []SiteBytes {
	sites := make([]SiteBytes, 0, len(live))
	for site, bytes := range live {
		sites = append(sites, SiteBytes{site, bytes})
	}
	slices.SortFunc(sites, func(a, b SiteBytes) int {
		return cmp.Or(cmp.Compare(b.Live, a.Live), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return slices.Clone(sites[:min(len(sites), sitesKept)])
}
