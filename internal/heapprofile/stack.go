package heapprofile

import (
	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// place is what a whole stack says: the innermost tag, the innermost function that
// has an owner, and the two lines that a person cares for: the application's
// nearest to the allocation, and nearest to the goroutine's start. They are nil
// where no application code is on the stack.
type place struct {
	id         heaptag.ID
	owner      string
	site, root *appframe.Site
	outermost  string // function, whatever it is
}

// add takes in the next frame from the allocation outwards.
func (p *place) add(f *frame) {
	p.outermost = f.site.Function
	if f.application {
		if p.site == nil {
			p.site = &f.site
		}
		p.root = &f.site
	}
	if p.id == 0 {
		p.id = f.id
	}
	if p.owner == "" {
		p.owner = f.owner
	}
}
