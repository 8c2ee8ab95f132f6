package conclusions

import (
	"cmp"
	"slices"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

// SortOperations puts the suspected first, then what holds most, then what
// ran most.
func SortOperations(all []report.Operation) { slices.SortFunc(all, compareOperations) }

func compareOperations(a, b report.Operation) int {
	if a.Suspected != b.Suspected {
		if a.Suspected {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(b.Live, a.Live), cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.Name, b.Name))
}
