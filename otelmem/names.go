package otelmem

import (
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/otelmem/internal/category"
)

// Operation is what a categorizer sees of a span.
type Operation = category.Operation

// maxCategories bounds the categories, which are dimensions of metrics.
const maxCategories = 200

// names gives spans their operation and category, bounded. It is safe for
// concurrent use.
type names struct {
	user       func(Operation) string // may be nil
	operations *category.Bounded
	categories *category.Bounded
}

func newNames(user func(Operation) string, maxOperations int) *names {
	return &names{user: user, operations: category.NewBounded(maxOperations), categories: category.NewBounded(maxCategories)}
}

// of names a span: by the user's rules, else by the default ones. What Track
// began has the name that a person chose for both.
func (n *names) of(s sdktrace.ReadOnlySpan) (operation, name string) {
	op := Operation{Name: s.Name(), Kind: s.SpanKind(), Scope: s.InstrumentationScope().Name, Attributes: s.Attributes()}
	tracked := op.Scope == attrs.Scope
	if tracked {
		operation = op.Name
	} else {
		operation = category.OperationName(op)
	}
	if n.user != nil {
		name = n.user(op)
	}
	switch {
	case name != "":
		name = category.Clean(name)
	case tracked:
		name = category.Clean(op.Name)
	default:
		name = category.Default(op)
	}
	return n.operations.Name(operation), n.categories.Name(name)
}

// overflowed is how many operations and categories did not find room.
func (n *names) overflowed() int64 {
	return n.operations.Overflowed() + n.categories.Overflowed()
}
