package heapprofile

import (
	"math"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// account is the key of an account: a tag, an owner, a piece of code, or too
// deep.
type account struct {
	id    heaptag.ID
	owner string
	root  string
	deep  bool
}

type sum struct {
	live, variance, allocated float64
	sites                     map[appframe.Site]float64
}

// sums are the accounts while a profile is read.
type sums map[account]*sum

// add adds what a stack holds. deep says that its outer end is not known.
func (all sums) add(p *place, deep bool, live, variance, allocated float64) {
	key := account{id: p.id}
	switch {
	case p.id != 0:
	case deep:
		key.deep = true
	case p.owner != "":
		key.owner = p.owner
	case p.root != nil:
		key.root = p.root.Function
	}
	s := all[key]
	if s == nil {
		s = &sum{sites: make(map[appframe.Site]float64)}
		all[key] = s
	}
	s.live += live
	s.variance += variance
	s.allocated += allocated
	if live > 0 && p.site != nil {
		s.sites[*p.site] += live
	}
}

func (s *sum) account() Account {
	a := Account{Live: s.live, Error: math.Sqrt(s.variance), Allocated: s.allocated}
	a.Sites = largest(s.sites)
	return a
}
