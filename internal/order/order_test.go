package order_test

import (
	"slices"
	"testing"

	"github.com/otelmem/otelmem-go/internal/order"
)

func TestTrueComesFirst(t *testing.T) {
	all := []bool{false, true, false, true}
	slices.SortFunc(all, order.TrueFirst)
	if !slices.Equal(all, []bool{true, true, false, false}) {
		t.Errorf("%v", all)
	}
	if order.TrueFirst(true, true) != 0 || order.TrueFirst(false, false) != 0 {
		t.Error("equals differ")
	}
}
