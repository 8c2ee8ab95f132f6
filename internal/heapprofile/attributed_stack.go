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
	label label      // what the sample's labels say
	// site is the application's line nearest to the allocation; without any, the
	// nearest of the kind that tells most. via is the nearest line of a dependency or
	// the application, which is site where no dependency lies between.
	site, via *frame
	outermost string // name of the outermost function, of whatever package
	entry     entry
}

// add takes the next frame outwards into account.
func (s *attributedStack) add(f *frame) {
	s.outermost = f.site.Function
	if s.site == nil || f.kind > s.site.kind {
		s.site = f
	}
	if s.via == nil && f.kind >= appframe.Dependency {
		s.via = f
	}
	if s.tag != 0 {
		return // what lies further out does not matter
	}
	if s.tag = f.tag; s.owner == "" {
		s.owner = f.owner
	}
	s.entry.add(f)
}
