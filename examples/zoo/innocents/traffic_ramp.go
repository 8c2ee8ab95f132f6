package innocents

import (
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// Traffic rises for a minute to four times what it was and stays there; so does
// what sessions hold.
func ramp(at time.Duration) float64 { return 1 + 3*min(1, at.Minutes()) }

func init() {
	register(service.Case{
		Name:    "traffic-ramp",
		Kind:    service.None,
		Rate:    15,
		Shape:   ramp,
		Setup:   func(s *service.Service) { openSessions(s, "POST /api/checkouts", "expire_checkouts", 10*time.Second) },
		Request: service.Post("/api/checkouts", nil),
	})
}
