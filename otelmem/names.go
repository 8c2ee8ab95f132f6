package otelmem

import (
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/otelmem/internal/category"
)

// Operation is what a categorizer sees of a span.
type Operation = category.Operation

// names gives spans their operation and category, bounded. It is safe for
// concurrent use.
type names struct {
	user    func(Operation) string // may be nil
	bounded *category.Bounded
}

func newNames(user func(Operation) string, maxOperations int) *names {
	return &names{user: user, bounded: category.NewBounded(maxOperations)}
}

// of names a span: by the user's rules, else by the default ones. What Track
// began has the name that a person chose for both.
func (n *names) of(s sdktrace.ReadOnlySpan) (operation, name string) {
	op := Operation{Name: s.Name(), Kind: s.SpanKind(), Scope: s.InstrumentationScope().Name, Attributes: s.Attributes()}
	if n.user != nil {
		if name := n.user(op); name != "" {
			return n.bounded.ResolveIn(&op, name)
		}
	}
	if op.Scope == attrs.Scope {
		return n.bounded.Admit(op.Name, op.Name)
	}
	return n.bounded.Resolve(&op)
}
