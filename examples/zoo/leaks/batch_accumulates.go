package leaks

import (
	"context"
	"fmt"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// nightly adds up rows in a job that should start from nothing each time.
type nightly struct {
	service *service.Service
	totals  map[string]*[512]float64
	run     int
}

func (n *nightly) addUp(context.Context) {
	if !n.service.Grows() {
		clear(n.totals)
	}
	n.run++
	for account := range 100 {
		totals := new([512]float64) // LEAK:
		totals[account] = float64(account)
		n.totals[fmt.Sprintf("%d/%d", n.run, account)] = totals
	}
}

func init() {
	register(service.Case{
		Name:      "batch-accumulates",
		Operation: "add_up_accounts",
		Functions: []string{"(*nightly).addUp"},
		Setup: func(s *service.Service) {
			s.Every(300*time.Millisecond, "add_up_accounts", (&nightly{service: s, totals: make(map[string]*[512]float64)}).addUp)
		},
	})
}
