package spanhook

import (
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

const (
	defaultMaxInFlight = 10_000
	defaultMaxAge      = time.Hour
)

type config struct {
	names     Namer
	examples  func(operation string) bool
	sink      func(*Growth)
	onDisable func(reason string)
	onNext    func(reason string)
	stacks    bool
	// allAttributes: also those that say nothing.
	allAttributes bool
	maxInFlight   int
	maxAge        time.Duration
}

// Option changes a [Hook]. A zero value given to an option changes nothing.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

func newConfig(opts []Option) config {
	c := config{
		examples:    func(string) bool { return false },
		sink:        func(*Growth) {},
		onDisable:   func(string) {},
		onNext:      func(string) {},
		maxInFlight: defaultMaxInFlight,
		maxAge:      defaultMaxAge,
	}
	for _, opt := range opts {
		opt.apply(&c)
	}
	return c
}

// Namer names an ended span's operation and its category.
type Namer func(sdktrace.ReadOnlySpan) (operation, category string)

// WithNames sets the function that names the operation and the category of an
// ended span. It is called once a span, when one of them is first needed, on any
// goroutine. By default the operation is the span's name and there is no category.
func WithNames(names Namer) Option {
	return optionFunc(func(c *config) {
		if names != nil {
			c.names = names
		}
	})
}

// WithExamples sets the function that says whether an ended span is an example that
// backends should keep; such a span carries otelmem.leak.example. It is called once
// a sampled span, when its operation is first needed, on any goroutine. By default
// no span is one.
func WithExamples(examples func(operation string) bool) Option {
	return optionFunc(func(c *config) {
		if examples != nil {
			c.examples = examples
		}
	})
}

// WithSink sets the function that receives the growth of each tracked span when it
// ends, once a span. It runs on the goroutine that ends the span and must not
// block. By default there is none.
func WithSink(sink func(*Growth)) Option {
	return optionFunc(func(c *config) {
		if sink != nil {
			c.sink = sink
		}
	})
}

// WithOnDisable sets the function that is called, once, when the hook turns itself
// off because something in it panicked. By default there is none.
func WithOnDisable(onDisable func(reason string)) Option {
	return optionFunc(func(c *config) {
		if onDisable != nil {
			c.onDisable = onDisable
		}
	})
}

// WithOnNext sets the function that is called when a next processor panics, with what
// happened, and with "" when one that did has worked for a minute. A panic of a next
// processor does not reach the application. By default there is none.
func WithOnNext(onNext func(reason string)) Option {
	return optionFunc(func(c *config) {
		if onNext != nil {
			c.onNext = onNext
		}
	})
}

// WithStacks takes the stacks at the start and at the end of some spans: of the first
// eight with a name, then of one in 256. By default none are taken.
func WithStacks() Option {
	return optionFunc(func(c *config) { c.stacks = true })
}

// WithAllAttributes gives each tracked span every attribute of growth, also where it
// is zero. By default only those that are not zero are added, and on local roots
// otelmem.heap.growth and the category in any case.
func WithAllAttributes() Option {
	return optionFunc(func(c *config) { c.allAttributes = true })
}

// WithMaxInFlight bounds how many spans are tracked at once; the default is
// 10,000. Spans spread over shards unevenly: up to a quarter more may be held.
func WithMaxInFlight(n int) Option {
	return optionFunc(func(c *config) {
		if n > 0 {
			c.maxInFlight = n
		}
	})
}

// WithMaxAge sets the age at which a span that has not ended is pushed out; the
// default is one hour.
func WithMaxAge(age time.Duration) Option {
	return optionFunc(func(c *config) {
		if age > 0 {
			c.maxAge = age
		}
	})
}
