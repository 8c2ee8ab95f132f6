package goroutines

import (
	"errors"
	"fmt"
	"slices"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/pprofwire"
)

// Parse reads a goroutine profile of another process, as runtime/pprof writes it: in
// protobuf, compressed with gzip or not. Whose code a frame is, outside says, which
// learns from the profile. Of a profile that is larger than bounds allow it is an error.
func Parse(profile []byte, outside *appframe.Outside) (Reading, error) {
	each, err := pprofwire.Bounded(profile)
	if err != nil {
		return Reading{}, fmt.Errorf("read the goroutine profile: %w", err)
	}
	symbols, facts := pprofwire.NewSymbols(), pprofwire.NewFacts()
	if err := each(func(f pprofwire.Field) error { return errors.Join(symbols.Add(f), facts.Add(f)) }); err != nil {
		return Reading{}, fmt.Errorf("read the goroutine profile's symbols: %w", err)
	}
	if types := facts.SampleTypes(symbols); !slices.Contains(types, "goroutine") {
		return Reading{}, fmt.Errorf("it has %q: want goroutine, as in the profile of that name", types)
	}
	outside.LearnFrom(symbols.EachFunction)
	t := newTally(appframe.Code(outside.Kind).MayBegin)
	if err := t.addSamples(each, symbols); err != nil {
		return Reading{}, fmt.Errorf("read the goroutine profile's samples: %w", err)
	}
	return Reading{Groups: t.groups(), Labelled: true}, nil
}
