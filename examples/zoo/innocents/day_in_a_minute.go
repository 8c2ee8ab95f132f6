package innocents

import (
	"math"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// day is how long a day takes here.
const day = 90 * time.Second

// daily is the traffic of a day: little at night, which is when it begins, and
// most at noon.
func daily(at time.Duration) float64 {
	return 1.1 - math.Cos(2*math.Pi*at.Seconds()/day.Seconds())
}

func init() {
	register(service.Case{
		Name:    "day-in-a-minute",
		Kind:    service.None,
		Rate:    25,
		Shape:   daily,
		Setup:   func(s *service.Service) { openSessions(s, "POST /api/visits", "expire_visits", 8*time.Second) },
		Request: service.Post("/api/visits", nil),
	})
}
