package category

import (
	"slices"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// Namer gives spans their operation and category, bounded. It is safe for
// concurrent use.
type Namer struct {
	user func(Operation) string // may be nil
	*Bounded
}

// NewNamer returns a Namer of at most maxOperations operations. user may be nil.
func NewNamer(user func(Operation) string, maxOperations int) *Namer {
	return &Namer{user: user, Bounded: NewBounded(maxOperations)}
}

// Of names a span: by the user's rules, else by the default ones. What Track
// started has the name that a person chose for both.
func (n *Namer) Of(s sdktrace.ReadOnlySpan) (operation, name string) {
	op := Operation{Name: s.Name(), Kind: s.SpanKind(), Scope: s.InstrumentationScope().Name, Attributes: s.Attributes()}
	if n.user != nil {
		if name := n.user(op); name != "" {
			return n.ResolveIn(&op, name)
		}
	}
	if op.Scope == attrs.Scope {
		return n.Admit(op.Name, op.Name)
	}
	if tag := tagNamed(&op); tag != nil {
		return n.Admit(tag.Operation, tag.Category)
	}
	return n.Resolve(&op)
}

// tagNamed is the tag that has the name of a server's span whose route is not known: a
// program that gives both one name means one operation. Nil for none.
func tagNamed(op *Operation) *heaptag.Tag {
	if op.Kind != trace.SpanKindServer {
		return nil
	}
	tag := heaptag.Default.Find(op.Name)
	if tag == nil || slices.ContainsFunc(op.Attributes, func(a attribute.KeyValue) bool { return a.Key == "http.route" }) {
		return nil
	}
	return tag
}
