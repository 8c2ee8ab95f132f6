package heapprofile

import (
	"math"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// key is what a sample's bytes are charged to: a tag, the operation of its labels, an
// operation that owns a function, or nobody where the stack is too deep. Of the fields
// only one is set.
type key struct {
	tag     heaptag.ID
	label   label
	owner   string
	tooDeep bool
}

// sum adds up samples, in bytes; variance is that of live.
type sum struct{ live, variance, allocated float64 }

func (s *sum) add(other *sum) {
	s.live += other.live
	s.variance += other.variance
	s.allocated += other.allocated
}

func (s *sum) usage(sites []SiteBytes) *Usage {
	return &Usage{Live: s.live, Error: math.Sqrt(s.variance), Allocated: s.allocated, Sites: largest(sites)}
}

// sums adds up a profile while it is read.
type sums struct {
	known map[key]*sum
	code  map[calls]*sum // what has neither a tag nor an owner
	lines map[line]float64
	// sites are of the application's lines, whoever they allocate for.
	sites map[*frame]*sum
}

// line is a line and what was allocated there belongs to; its sums are live bytes.
type line struct {
	of        *sum
	site, via *frame
}

func newSums() *sums {
	return &sums{known: make(map[key]*sum), code: make(map[calls]*sum), lines: make(map[line]float64), sites: make(map[*frame]*sum)}
}

// add charges one stack's bytes. cut says that the stack may go on beyond its
// outermost known frame: without a tag, its bytes are then nobody's.
func (all *sums) add(stack *attributedStack, cut bool, live, variance, allocated float64) {
	s, added := all.of(stack, cut), &sum{live, variance, allocated}
	s.add(added)
	if stack.site != nil && stack.site.kind == appframe.Application {
		at(all.sites, stack.site).add(added)
	}
	if live > 0 && stack.site != nil {
		all.lines[line{s, stack.site, stack.via}] += live
	}
}

func (all *sums) of(stack *attributedStack, cut bool) *sum {
	switch {
	case stack.tag != 0:
		return at(all.known, key{tag: stack.tag})
	case stack.label.Operation != "":
		return at(all.known, key{label: stack.label})
	case cut:
		return at(all.known, key{tooDeep: true})
	case stack.owner != "":
		return at(all.known, key{owner: stack.owner})
	}
	return at(all.code, stack.entry.path())
}

// at returns the sum of a key, made where there is none.
func at[K comparable](sums map[K]*sum, k K) *sum {
	s := sums[k]
	if s == nil {
		s = new(sum)
		sums[k] = s
	}
	return s
}

// profile returns the sums by kind of key.
func (all *sums) profile() *Profile {
	sites := make(map[*sum][]SiteBytes)
	for l, live := range all.lines {
		b := SiteBytes{Site: l.site.site, Live: live}
		if l.via != nil && l.via != l.site {
			b.Via = l.via.site
		}
		sites[l.of] = append(sites[l.of], b)
	}
	p := &Profile{Tagged: make(map[heaptag.ID]*Usage), Labelled: make(map[Owner]*Usage), Learned: make(map[string]*Usage), Code: make(map[string]*Usage)}
	for k, s := range all.known {
		switch u := s.usage(sites[s]); {
		case k.tooDeep:
			p.TooDeep = *u
		case k.tag != 0:
			p.Tagged[k.tag] = u
		case k.label.Operation != "" && k.label.learned:
			p.Learned[k.label.Operation] = Sum(p.Learned[k.label.Operation], u)
		case k.label.Operation != "":
			p.Labelled[k.label.Owner] = u
		default:
			p.Learned[k.owner] = u
		}
	}
	p.Lines = all.applicationLines()
	graph := newCallGraph(all.code)
	code := make(map[string]*sum)
	codeSites := make(map[string][]SiteBytes)
	for path, s := range all.code {
		function := graph.entryOf(path)
		at(code, function).add(s)
		codeSites[function] = append(codeSites[function], sites[s]...)
	}
	for function, s := range code {
		p.Code[function] = s.usage(codeSites[function])
	}
	return p
}

// applicationLines are the sums of the application's lines: where code was inlined, one
// line has several frames.
func (all *sums) applicationLines() map[appframe.Site]*Usage {
	byLine := make(map[appframe.Site]*sum, len(all.sites))
	for f, s := range all.sites {
		at(byLine, f.site).add(s)
	}
	lines := make(map[appframe.Site]*Usage, len(byLine))
	for site, s := range byLine {
		lines[site] = &Usage{Live: s.live, Error: math.Sqrt(s.variance), Allocated: s.allocated, Sites: []SiteBytes{{Site: site, Live: s.live}}}
	}
	return lines
}
