package compare

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/pprof/profile"

	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// values are the indexes of what is in use, in the values of a heap profile's
// samples.
type values struct{ bytes, objects int }

// valuesOf fails if p is not a heap profile.
func valuesOf(p *profile.Profile) (values, error) {
	v := values{bytes: -1, objects: -1}
	var types []string
	for i, t := range p.SampleType {
		types = append(types, t.Type+"/"+t.Unit)
		switch {
		case t.Type == "inuse_space" && t.Unit == "bytes":
			v.bytes = i
		case t.Type == "inuse_objects" && t.Unit == "count":
			v.objects = i
		}
	}
	if v.bytes < 0 || v.objects < 0 {
		return v, fmt.Errorf("it has the sample types %q: want a heap profile, with inuse_objects/count and inuse_space/bytes", strings.Join(types, ", "))
	}
	return v, nil
}

// Notes returns sentences that a reader of a comparison must know: an empty or
// unlabelled profile, profiles in the wrong order, different sampling rates. It
// returns none if there is nothing to know. base can be nil.
func Notes(base, current *profile.Profile) []string {
	var notes []string
	for _, p := range []struct {
		name string
		*profile.Profile
	}{{"the base", base}, {"the current profile", current}} {
		if p.Profile == nil {
			continue
		}
		if len(p.Sample) == 0 {
			notes = append(notes, p.name+" is empty: runtime.MemProfileRate was 0, or nothing was allocated yet")
		}
		if hasTagFrames(p.Profile, heaptag.DispatchName()) {
			notes = append(notes, p.name+" has no labels: it was written without them, and its metadata file is not beside it")
		}
	}
	if base == nil || current == nil {
		return notes
	}
	if later := base.TimeNanos - current.TimeNanos; later > 0 && current.TimeNanos > 0 {
		notes = append(notes, fmt.Sprintf("the base is %v newer than the current profile: growth is shown as shrinking; swap them",
			time.Duration(later).Round(time.Millisecond)))
	}
	if base.Period != current.Period {
		notes = append(notes, fmt.Sprintf("the profiles were sampled once in %d and once in %d bytes: small differences may come from the sampling",
			base.Period, current.Period))
	}
	return notes
}
