package dump

import (
	"errors"
	"fmt"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

type config struct {
	thresholdTexts []string // nil: the default ones
	currentLimit   func(Memory) Limit
	dir            string
	maxFiles       int
	maxBytes       int64
	interval       time.Duration
	suspects       func() []Suspect
	observer       func(Event)
	functions      func() map[string]Owner
}

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

// validate names all settings that are out of range.
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

// Option configures a [Dumper]. An option with a zero value changes nothing.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// WithThresholds sets the thresholds: sizes like "2GiB" and shares of the memory
// limit like "75%". The default is 50, 65, 80, 90 and 95 % of the limit if there
// is one, otherwise 2, 4, 6, 8 and 10 GiB.
func WithThresholds(thresholds ...string) Option {
	return optionFunc(func(c *config) {
		if len(thresholds) > 0 {
			c.thresholdTexts = thresholds
		}
	})
}

// WithCurrentLimit sets a function that returns the limit as it is now, with what
// counts against it, given a reading of memory. It is called with each reading, from
// several goroutines. Shares of a limit then apply while there is one. The default is
// the limit given to New, for ever.
func WithCurrentLimit(current func(Memory) Limit) Option {
	return optionFunc(func(c *config) {
		if current != nil {
			c.currentLimit = current
		}
	})
}

// WithDir sets the folder of the profiles. It is created when it is first needed.
// The default is logs/heap-dumps.
func WithDir(dir string) Option {
	return optionFunc(func(c *config) {
		if dir != "" {
			c.dir = dir
		}
	})
}

// WithRetention sets how many profiles are kept, and how many bytes they may have
// in total, metadata files included. The default is 20 and 1 GiB, the minimum 1 and
// 1. Processes that share a folder share these limits. The newest profile is kept
// whatever its size.
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

// WithInterval sets how often memory is read while it moves or a threshold is near;
// while it rests it is read an eighth as often, so that a jump out of rest is seen
// within eight intervals. The default is 250 ms, the minimum 1 ms.
func WithInterval(interval time.Duration) Option {
	return optionFunc(func(c *config) {
		if interval != 0 {
			c.interval = interval
		}
	})
}

// WithSuspects sets a function that returns the operations running at a crossing,
// the most suspect first. The event span links to the first [MaxSuspects] of them.
// The default returns none. A panic in it stops the watcher.
func WithSuspects(suspects func() []Suspect) Option {
	return optionFunc(func(c *config) {
		if suspects != nil {
			c.suspects = suspects
		}
	})
}

// WithObserver sets a function that is called with each event, on the goroutine
// where the event happens and with no lock held: it may call Dump. A panic in it
// stops the watcher. By default events are dropped.
func WithObserver(observer func(Event)) Option {
	return optionFunc(func(c *config) {
		if observer != nil {
			c.observer = observer
		}
	})
}

// WithFunctions sets a function that returns which functions of the program belong
// to one operation alone. Keys are names as in runtime.Frame, with type arguments
// as "[...]". A sample that no heap tag covers gets the labels of the innermost of
// these functions on its stack. It is called once per dump, and must not change the
// map after it returns. The default returns none. A panic in it stops the watcher.
func WithFunctions(functions func() map[string]Owner) Option {
	return optionFunc(func(c *config) {
		if functions != nil {
			c.functions = functions
		}
	})
}
