package otelmem

import (
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

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
	categories *category.Bounded
	operations *category.Bounded
}

func newNames(user func(Operation) string, maxOperations int) *names {
	return &names{user: user, categories: category.NewBounded(maxCategories), operations: category.NewBounded(maxOperations)}
}

// category names a span's category: by the user's rules, else by the default
// ones.
func (n *names) category(s sdktrace.ReadOnlySpan) string {
	op := operationOf(s)
	if n.user != nil {
		if name := n.user(op); name != "" {
			return n.categories.Name(category.Clean(name))
		}
	}
	return n.categories.Name(category.Default(op))
}

// operation names a span's operation.
func (n *names) operation(s sdktrace.ReadOnlySpan) string {
	return n.operations.Name(category.Name(operationOf(s)))
}

// overflowed is how many operations and categories did not find room.
func (n *names) overflowed() int64 {
	return n.operations.Overflowed() + n.categories.Overflowed()
}

func operationOf(s sdktrace.ReadOnlySpan) Operation {
	return Operation{Name: s.Name(), Kind: s.SpanKind(), Scope: s.InstrumentationScope().Name, Attributes: s.Attributes()}
}
