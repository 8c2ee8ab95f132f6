package leaks

import (
	"net/http"
	"sync"

	"golang.org/x/time/rate"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// visitors has limiters for each address: small objects that a library allocates.
type visitors struct {
	service   *service.Service
	mu        sync.Mutex
	byAddress map[string]*[128]*rate.Limiter
}

func (v *visitors) allow(w http.ResponseWriter, r *http.Request) {
	address := r.PathValue("address")
	if !v.service.Grows() {
		address = "127.0.0.1"
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	limiters := v.byAddress[address]
	if limiters == nil {
		limiters = new([128]*rate.Limiter) // LEAK:
		for i := range limiters {
			limiters[i] = rate.NewLimiter(1, i+1) // LEAK:
		}
		v.byAddress[address] = limiters
	}
	if !limiters[0].Allow() {
		http.Error(w, "too many", http.StatusTooManyRequests)
	}
}

func init() {
	register(service.Case{
		Name:      "limiter-by-address",
		Operation: "GET /api/from/{address}",
		Functions: []string{"(*visitors).allow"},
		Rate:      80,
		Setup: func(s *service.Service) {
			s.HandleFunc("GET /api/from/{address}", (&visitors{service: s, byAddress: make(map[string]*[128]*rate.Limiter)}).allow)
		},
		Request: service.Get("/api/from/a%d"),
	})
}
