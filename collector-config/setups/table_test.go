package setups

import (
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// configured is what somebody has; zero is the SDK with one batch processor that
// SpanProcessor wraps, every trace sampled, OTLP by gRPC.
type configured struct {
	by         builder // bySDK
	wrapped    wrapped // theProcessor
	sampler    string  // what the service samples with: all, ratio, record only
	memSampler bool    // Diagnostics.Sampler wraps it
	processors []string
	limits     func(*sdktrace.SpanLimits)
	global     bool // Start gets the global provider before it has an SDK
	http       bool
	delta      bool
	histogram  string // explicit, exponential
	lasts      time.Duration
}

// wrapped is what of the set-up memory diagnostics wrap.
type wrapped int

const (
	theProcessor wrapped = iota
	theProvider
	nothing
)

// Samplers.
const (
	ratio      = "1 % of traces"
	recordOnly = "recorded, and not sampled"
)

// What a row's service does: requests with a span below each; and at the end events, of
// heap profiles.
const (
	requests       = 90
	sampledFrom    = 30_000 // requests, where 1 % are sampled
	oneIn          = 100
	events         = 4
	together       = 10 // requests in flight
	kept           = 60 // requests of which each keeps
	size           = 64 << 10
	droppedSpans   = "the sampler drops spans"
	droppedEvents  = "the sampler drops event spans"
	maxDifference  = 0.01
	minConcurrency = together / 3.
)

// arriving is what must arrive at the receiver.
type arriving struct {
	spans       share // of the service's spans
	copies      int   // of each span; 0: one
	growth      bool  // on each span, once
	concurrency bool  // on spans, where something grew
	calls       share // of the requests, in otelmem.operations
	events      bool  // all of them; else none
	notices     []string
}

// share is how much of something is to arrive.
type share int

const (
	all share = iota
	sampled
	none
)

type row struct {
	name    string // as in SETUPS.md
	has     configured
	arrives arriving
}

var whole = arriving{growth: true, concurrency: true, events: true}

// table is the set-ups. The first has to be first: the global provider gets an SDK once.
var table = []row{
	{"the global provider, before it has an SDK", configured{global: true}, whole},
	{"a batch processor", configured{}, whole},
	{"a simple processor", configured{processors: []string{"simple"}}, whole},
	{"a batch processor that blocks", configured{processors: []string{"blocking"}}, whole},
	{"two processors", configured{processors: []string{"simple", "batch"}},
		arriving{copies: 2, growth: true, concurrency: true, events: true}},
	{"OTLP by HTTP", configured{http: true}, whole},
	{"delta temporality", configured{delta: true}, whole},
	{"exponential histograms", configured{histogram: "exponential"}, whole},
	{"exponential histograms, delta", configured{histogram: "exponential", delta: true}, whole},
	{"a job of ten seconds", configured{lasts: 10 * time.Second}, whole},
	{"a job of ten seconds, delta", configured{lasts: 10 * time.Second, delta: true}, whole},

	{"setup", configured{by: bySetup}, whole},
	{"setup, OTLP by HTTP", configured{by: bySetup, http: true}, whole},
	{"setup, 1 % sampled", configured{by: bySetup, sampler: ratio},
		arriving{spans: sampled, growth: true, concurrency: true, events: true}},

	{"1 % sampled, with mem.Sampler", configured{sampler: ratio, memSampler: true},
		arriving{spans: sampled, growth: true, concurrency: true, events: true}},
	{"1 % sampled, without", configured{sampler: ratio},
		arriving{spans: sampled, growth: true, calls: sampled, notices: []string{droppedEvents, droppedSpans}}},
	{"1 % sampled, the provider wrapped", configured{sampler: ratio, wrapped: theProvider},
		arriving{spans: sampled, growth: true, concurrency: true, notices: []string{droppedEvents}}},
	{"1 % sampled, the provider wrapped, with mem.Sampler", configured{sampler: ratio, wrapped: theProvider, memSampler: true},
		arriving{spans: sampled, growth: true, concurrency: true, events: true}},
	{"recorded and not sampled, with mem.Sampler", configured{sampler: recordOnly, memSampler: true},
		arriving{spans: none, events: true}},
	{"recorded and not sampled, without", configured{sampler: recordOnly},
		arriving{spans: none, notices: []string{droppedEvents}}},

	{"one link a span", configured{limits: func(l *sdktrace.SpanLimits) { l.LinkCountLimit = 1 }}, whole},
	{"four attributes a span", configured{limits: func(l *sdktrace.SpanLimits) { l.AttributeCountLimit = 4 }}, whole},
	{"three attributes a span, the provider wrapped", configured{wrapped: theProvider, limits: func(l *sdktrace.SpanLimits) { l.AttributeCountLimit = 3 }},
		arriving{events: true}},
	{"attributes of eight characters", configured{limits: func(l *sdktrace.SpanLimits) { l.AttributeValueLengthLimit = 8 }}, whole},

	{"otelconf by a file", configured{by: byOtelconfFile, wrapped: nothing},
		arriving{calls: none, events: true}},
	{"otelconf by a file, the provider wrapped", configured{by: byOtelconfFile, wrapped: theProvider}, whole},
	{"otelconf by a file, 1 % sampled, the provider wrapped", configured{by: byOtelconfFile, wrapped: theProvider, sampler: ratio},
		arriving{spans: sampled, growth: true, concurrency: true, notices: []string{droppedEvents}}},
	{"otelconf with our processor", configured{by: byOtelconfOption}, whole},
	{"the SDK, the provider wrapped", configured{wrapped: theProvider}, whole},
}
