package conclusions

import (
	"cmp"
	"slices"

	"github.com/otelmem/otelmem-go/internal/order"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// SortOperations puts the suspected first, then what holds most, then what
// ran most.
func SortOperations(all []report.Operation) { slices.SortFunc(all, compareOperations) }

func compareOperations(a, b report.Operation) int {
	return cmp.Or(order.TrueFirst(a.Suspected, b.Suspected), cmp.Compare(b.Live, a.Live), cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.Name, b.Name))
}
