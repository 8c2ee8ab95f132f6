package dump

import (
	"errors"
	"fmt"
	"time"

	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// MaxSuspects is how many operations an event span links to at most.
const MaxSuspects = 32

type config struct {
	thresholds []string
	dir        string
	maxFiles   int
	maxBytes   int64
	interval   time.Duration
	suspects   func() []Suspect
	observer   func(Event)
	functions  func() map[string]Owner
}

// validate says which settings are out of range, all at once.
func (c *config) validate() error {
	var errs []error
	want := func(ok bool, option string, value any, accepted string) {
		if !ok {
			errs = append(errs, fmt.Errorf("%s: got %v, want %s", option, value, accepted))
		}
	}
	want(c.maxFiles >= 1, "WithRetention", c.maxFiles, "1 file or more")
	want(c.maxBytes >= 1, "WithRetention", c.maxBytes, "1 byte or more")
	want(c.interval >= time.Millisecond, "WithInterval", c.interval, "1ms or more")
	return errors.Join(errs...)
}

// Option changes a [Dumper]. A zero value given to an option changes nothing.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

func newConfig(opts []Option) config {
	c := config{
		dir:       "logs/heap-dumps",
		maxFiles:  20,
		maxBytes:  textfmt.GiB,
		interval:  250 * time.Millisecond,
		suspects:  func() []Suspect { return nil },
		observer:  func(Event) {},
		functions: func() map[string]Owner { return nil },
	}
	for _, opt := range opts {
		if opt != nil {
			opt.apply(&c)
		}
	}
	return c
}

// WithThresholds sets the ladder: sizes like "2GiB" and shares of the memory
// limit like "75%". The default is 50, 65, 80, 90 and 95 % of the limit where
// there is one, else 2, 4, 6, 8 and 10 GiB.
func WithThresholds(thresholds ...string) Option {
	return optionFunc(func(c *config) {
		if len(thresholds) > 0 {
			c.thresholds = thresholds
		}
	})
}

// WithDir sets the folder of the profiles. It is made when the first one is
// written. The default is logs/heap-dumps.
func WithDir(dir string) Option {
	return optionFunc(func(c *config) {
		if dir != "" {
			c.dir = dir
		}
	})
}

// WithRetention bounds how many profiles are kept, and their bytes in total. The
// default is 20 and 1 GiB; the least is 1 and 1. Processes that share a folder
// share the bounds. The newest profile stays, however large.
func WithRetention(files int, bytes int64) Option {
	return optionFunc(func(c *config) {
		if files != 0 {
			c.maxFiles = files
		}
		if bytes != 0 {
			c.maxBytes = bytes
		}
	})
}

// WithInterval sets how often memory is looked at. The default is 250 ms, the
// least 1 ms.
func WithInterval(interval time.Duration) Option {
	return optionFunc(func(c *config) {
		if interval != 0 {
			c.interval = interval
		}
	})
}

// WithSuspects sets who knows the operations that ran at a crossing, the most
// suspect first. The first [MaxSuspects] are linked. By default there are none.
func WithSuspects(suspects func() []Suspect) Option {
	return optionFunc(func(c *config) {
		if suspects != nil {
			c.suspects = suspects
		}
	})
}

// WithObserver sets who is told of each event. It is called on the goroutine
// where the event happens, with no lock held: it may call Dump. A panic in it
// stops the watcher. By default nobody is told.
func WithObserver(observer func(Event)) Option {
	return optionFunc(func(c *config) {
		if observer != nil {
			c.observer = observer
		}
	})
}

// Owner is the operation that a function belongs to.
type Owner = heapprofile.Owner

// WithFunctions sets which functions belong to one operation alone, by their names
// as runtime.Frame has them, with type arguments as "[...]". What no heap tag
// covers gets the labels of the innermost of them on its stack. It is asked for
// each dump, and must leave its answer as it is from then on. By default there
// are none.
func WithFunctions(functions func() map[string]Owner) Option {
	return optionFunc(func(c *config) {
		if functions != nil {
			c.functions = functions
		}
	})
}
