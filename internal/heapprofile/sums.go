package heapprofile

import (
	"math"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// key is what a sample's bytes are charged to: a tag, an operation that owns a
// function, the application's outermost function, or nobody where the stack is too
// deep. Of the fields only one is set; none stands for stacks without application
// code.
type key struct {
	tag     heaptag.ID
	owner   string
	code    string
	tooDeep bool
}

// sum adds up the samples of one key, in bytes; variance is that of live.
type sum struct {
	live, variance, allocated float64
	sites                     map[appframe.Site]float64
}

func (s *sum) usage() Usage {
	return Usage{Live: s.live, Error: math.Sqrt(s.variance), Allocated: s.allocated, Sites: largest(s.sites)}
}

// sums adds up a profile while it is read.
type sums map[key]*sum

// add charges one stack's bytes. cut says that the stack may go on beyond its
// outermost known frame: without a tag, its bytes are then nobody's.
func (all sums) add(stack *attributedStack, cut bool, live, variance, allocated float64) {
	k := keyOf(stack, cut)
	s := all[k]
	if s == nil {
		s = &sum{sites: make(map[appframe.Site]float64)}
		all[k] = s
	}
	s.live += live
	s.variance += variance
	s.allocated += allocated
	if live > 0 && stack.site != nil {
		s.sites[*stack.site] += live
	}
}

func keyOf(stack *attributedStack, cut bool) key {
	switch {
	case stack.tag != 0:
		return key{tag: stack.tag}
	case cut:
		return key{tooDeep: true}
	case stack.owner != "":
		return key{owner: stack.owner}
	case stack.root != nil:
		return key{code: stack.root.Function}
	}
	return key{}
}

// profile returns the sums by kind of key.
func (all sums) profile() *Profile {
	p := &Profile{Tagged: make(map[heaptag.ID]*Usage), Learned: make(map[string]*Usage), Code: make(map[string]*Usage)}
	for k, s := range all {
		u := s.usage()
		switch {
		case k.tooDeep:
			p.TooDeep = u
		case k.tag != 0:
			p.Tagged[k.tag] = &u
		case k.owner != "":
			p.Learned[k.owner] = &u
		default:
			p.Code[k.code] = &u
		}
	}
	return p
}
