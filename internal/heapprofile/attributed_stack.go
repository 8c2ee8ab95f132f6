package heapprofile

import (
	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// attributedStack is what a stack, read from the allocation outwards, says about
// whose memory it is.
type attributedStack struct {
	tag   heaptag.ID // the innermost; 0 for none
	owner string     // operation that owns the innermost owned function; "" for none
	// site is the application's line nearest to the allocation, root the one nearest
	// to the goroutine's start; nil where the stack has no application code.
	site, root *appframe.Site
	outermost  string // name of the outermost function, of whatever package
}

// add takes the next frame outwards into account.
func (s *attributedStack) add(f *frame) {
	s.outermost = f.site.Function
	if f.application {
		if s.site == nil {
			s.site = &f.site
		}
		s.root = &f.site
	}
	if s.tag == 0 {
		s.tag = f.tag
	}
	if s.owner == "" {
		s.owner = f.owner
	}
}
