package heapprofile

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/pprofwire"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// defaultRate is runtime.MemProfileRate unless a program changes it, in bytes.
const defaultRate = 512 << 10

// label is what a sample's labels say of its operation; zero where they say nothing.
type label struct {
	Owner
	learned bool
}

// addLabels takes in the labels that [Label] adds.
func (s *attributedStack) addLabels(sample []byte, symbols *pprofwire.Symbols) error {
	return symbols.EachLabel(sample, func(key, value string) {
		switch key {
		case heaptag.OperationLabel:
			s.label.Operation = strings.Clone(value)
		case categoryLabel:
			s.label.Category = strings.Clone(value)
		case AttributionLabel:
			s.label.learned = value == AttributionLearned
		}
	})
}

// Parse reads a heap profile of another process, as runtime/pprof writes it: in
// protobuf, compressed with gzip or not. Its bytes are charged to the operations of its
// labels, if there are any, else to its code: whose code that is, outside says, which
// learns from the profile. Of a profile that is larger than bounds allow, or that has
// not both what was allocated and what is live, it is an error. Time is when it was
// taken; zero where it does not say so.
//
// The tags of another process are numbers: it is read by code below them, unless it was
// labelled.
func Parse(profile []byte, outside *appframe.Outside) (*Profile, error) {
	each, err := pprofwire.Bounded(profile)
	if err != nil {
		return nil, fmt.Errorf("read the heap profile: %w", err)
	}
	symbols := pprofwire.NewSymbols()
	facts := pprofwire.NewFacts()
	err = each(func(f pprofwire.Field) error {
		return errors.Join(symbols.Add(f), facts.Add(f))
	})
	if err != nil {
		return nil, fmt.Errorf("read the heap profile's symbols: %w", err)
	}
	in := samples{rate: defaultRate, symbols: symbols}
	if in.values, err = valuesOf(facts.SampleTypes(symbols)); err != nil {
		return nil, err
	}
	if facts.Period > 0 && facts.Period <= textfmt.GiB {
		in.rate = int(facts.Period)
	}
	outside.LearnFrom(symbols.EachFunction)
	in.frames = pprofwire.Frames(symbols, func(function, file string, line int) frame {
		return frameOf(outside.Kind(function, file), function, file, line)
	})
	all := newSums()
	err = each(func(f pprofwire.Field) error {
		if f.Number != pprofwire.ProfileSample {
			return nil
		}
		return all.addSample(f.Bytes, &in)
	})
	if err != nil {
		return nil, fmt.Errorf("read the heap profile's samples: %w", err)
	}
	p := all.profile()
	if facts.Nanos > 0 {
		p.Time = time.Unix(0, facts.Nanos)
	}
	return p, nil
}

// valuesOf returns where in a sample the values stand.
func valuesOf(types []string) (at [valueCount]int, err error) {
	for i, name := range [valueCount]string{"alloc_objects", "alloc_space", "inuse_objects", "inuse_space"} {
		at[i] = -1
		for j, is := range types[:min(len(types), maxValues)] {
			if is == name {
				at[i] = j
			}
		}
	}
	if at[allocBytes] < 0 || at[liveBytes] < 0 {
		return at, fmt.Errorf("it has %s: want alloc_space and inuse_space, as in the profiles heap and allocs", textfmt.Printable(strings.Join(types, ", ")))
	}
	return at, nil
}
