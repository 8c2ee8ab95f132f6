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
	names       Namer
	examples    func(operation string) bool
	sink        func(*Growth)
	onDisable   func(reason string)
	stacks      bool
	maxInFlight int
	maxAge      time.Duration
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

// WithNames sets what names ended spans. It is called once a span, when somebody
// first asks, on any goroutine. By default spans carry no category, and are
// operations by their name.
func WithNames(names Namer) Option {
	return optionFunc(func(c *config) {
		if names != nil {
			c.names = names
		}
	})
}

// WithExamples sets who says whether an ended span is an example that backends are
// to keep; such a span carries otelmem.leak.example. It is asked once a span that is
// sampled, when its name is first asked for, on any goroutine. By default none is.
func WithExamples(examples func(operation string) bool) Option {
	return optionFunc(func(c *config) {
		if examples != nil {
			c.examples = examples
		}
	})
}

// WithSink sets who is told of each tracked span that ended, once a span. It
// runs on the goroutine that ends the span: it must not block. By default
// nobody is.
func WithSink(sink func(*Growth)) Option {
	return optionFunc(func(c *config) {
		if sink != nil {
			c.sink = sink
		}
	})
}

// WithOnDisable sets who is told, once, that the hook turned itself off because
// something in it panicked. By default nobody is.
func WithOnDisable(onDisable func(reason string)) Option {
	return optionFunc(func(c *config) {
		if onDisable != nil {
			c.onDisable = onDisable
		}
	})
}

// WithStacks takes the stacks at both ends of a few spans: of the first eight under
// a name, then of one in 256. By default none are taken.
func WithStacks() Option {
	return optionFunc(func(c *config) { c.stacks = true })
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

// WithMaxAge sets after how long a span that does not end is forgotten; the
// default is one hour.
func WithMaxAge(age time.Duration) Option {
	return optionFunc(func(c *config) {
		if age > 0 {
			c.maxAge = age
		}
	})
}
