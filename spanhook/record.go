package spanhook

import (
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// maxRecorded is how many attributes a record keeps; the SDK's default for a span.
const maxRecorded = 128

// scope is what a tracer was asked for.
type scope = instrumentation.Scope

func newScope(name string, options []trace.TracerOption) scope {
	c := trace.NewTracerConfig(options...)
	return scope{Name: name, Version: c.InstrumentationVersion(), SchemaURL: c.SchemaURL(), Attributes: c.InstrumentationAttributes()}
}

// record is what was told to a span that cannot be read itself, as the SDK has it: a
// span of somebody else's, or one that a sampler drops. It has no events, links and
// resource. Methods that change something are those of the span. It is safe for
// concurrent use.
type record struct {
	trace.Span
	sdktrace.ReadOnlySpan // nil: for the method that nobody else can have

	scope   scope
	parent  trace.SpanContext
	kind    trace.SpanKind
	started time.Time

	mu         sync.Mutex
	name       string
	attributes []attribute.KeyValue // none is changed, so that readers need no lock
	status     sdktrace.Status
	ended      time.Time
}

var _ sdktrace.ReadWriteSpan = (*record)(nil)

// begin notes what the span was started with.
func (r *record) begin(span trace.Span, scope scope, parent trace.SpanContext, name string, c trace.SpanConfig) {
	r.Span, r.scope, r.name = span, scope, name
	if !c.NewRoot() {
		r.parent = parent
	}
	r.kind, r.started = trace.ValidateSpanKind(c.SpanKind()), c.Timestamp()
	if r.started.IsZero() {
		r.started = time.Now()
	}
	r.setAttributes(c.Attributes())
}

// end notes when the span ended; the first time counts.
func (r *record) end(c trace.SpanConfig) {
	at := c.Timestamp()
	if at.IsZero() {
		at = time.Now()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended.IsZero() {
		r.ended = at
	}
}

func (r *record) setName(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.name = name
}

// setAttributes keeps the last value of each key, as the SDK does.
func (r *record) setAttributes(attributes []attribute.KeyValue) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, kv := range attributes {
		i := slices.IndexFunc(r.attributes, func(was attribute.KeyValue) bool { return was.Key == kv.Key })
		switch {
		case i >= 0:
			r.attributes = slices.Clone(r.attributes)
			r.attributes[i] = kv
		case len(r.attributes) < maxRecorded:
			r.attributes = append(r.attributes, kv)
		}
	}
}

func (r *record) setStatus(code codes.Code, description string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = sdktrace.Status{Code: code, Description: description}
}

// IsRecording says whether the span has not ended, whatever a sampler says.
func (r *record) IsRecording() bool { return r.EndTime().IsZero() }

func (r *record) Name() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.name
}

func (r *record) Attributes() []attribute.KeyValue {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.attributes
}

func (r *record) Status() sdktrace.Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status
}

func (r *record) EndTime() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended
}

func (r *record) SpanContext() trace.SpanContext              { return r.Span.SpanContext() }
func (r *record) Parent() trace.SpanContext                   { return r.parent }
func (r *record) SpanKind() trace.SpanKind                    { return r.kind }
func (r *record) StartTime() time.Time                        { return r.started }
func (r *record) InstrumentationScope() instrumentation.Scope { return r.scope }
func (r *record) Resource() *resource.Resource                { return resource.Empty() }
func (r *record) Links() []sdktrace.Link                      { return nil }
func (r *record) Events() []sdktrace.Event                    { return nil }
func (r *record) DroppedAttributes() int                      { return 0 }
func (r *record) DroppedLinks() int                           { return 0 }
func (r *record) DroppedEvents() int                          { return 0 }
func (r *record) ChildSpanCount() int                         { return 0 }

// InstrumentationLibrary is the older name of InstrumentationScope.
func (r *record) InstrumentationLibrary() scope { return r.scope }
