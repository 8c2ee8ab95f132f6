package memstat

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/seeded"
)

// budgetModel is a bucket: each read pours its cost in, it drains as the process uses its
// CPU, and what is above the credit must drain before the next. Seconds.
type budgetModel struct {
	share, cores, credit, maxAge float64

	at, level float64       // level of CPU time in the bucket, as of at
	typical   time.Duration // cost of a read
	opens     float64
	half      bool
}

func (m *budgetModel) drained(now float64) float64 {
	return max(0, m.level-(now-m.at)*m.share*m.cores)
}

// busy changes how busy the process is: the wait so far stands, what it is worth changes.
func (m *budgetModel) busy(now, cores float64) {
	m.level = m.drained(now) * cores / m.cores
	m.at, m.cores = now, cores
}

func (m *budgetModel) pour(now float64, cost time.Duration) (opens float64) {
	if m.typical == 0 {
		m.typical = min(cost, time.Duration(math.Round(m.credit*1e9)))
	}
	cost = min(cost, 4*m.typical)
	m.typical += (cost - m.typical) / 8
	m.level, m.at = m.drained(now)+cost.Seconds(), now
	wait := (m.level - m.credit) / (m.share * m.cores)
	if m.maxAge > 0 && wait > m.maxAge {
		wait = m.maxAge
		m.level = m.credit + wait*m.share*m.cores
	}
	return now + wait
}

func (m *budgetModel) spend(now float64, cost time.Duration) {
	m.opens = m.pour(now, cost)
	if m.half = !m.half; m.half {
		m.opens = now
	}
}

func (m *budgetModel) background(now float64, cost time.Duration) {
	if opens := m.pour(now, cost); !m.half {
		m.opens = opens
	}
}

func TestTheBudgetIsAsItsModel(t *testing.T) {
	seeded.Each(t, 40, func(t *testing.T, random *rand.Rand) {
		b := budget{share: 0.005 + 0.05*random.Float64(), credit: time.Duration(20+random.IntN(300)) * time.Microsecond, cores: 1}
		if random.IntN(2) == 0 {
			b.maxAge = time.Duration(1+random.IntN(50)) * time.Millisecond
		}
		m := budgetModel{share: b.share, cores: 1, credit: b.credit.Seconds(), maxAge: b.maxAge.Seconds()}
		now := time.Duration(0)
		for step := range 5000 {
			now += time.Duration(math.Exp(random.Float64()*14)) * time.Microsecond / 100 // 10 ns to 12 ms
			if random.IntN(100) == 0 {
				now += time.Duration(random.IntN(10)) * time.Second
			}
			cost := time.Duration(500+random.IntN(8000)) * time.Nanosecond
			if random.IntN(50) == 0 {
				cost = time.Duration(random.IntN(1000)) * time.Millisecond // the scheduler was in between
			}
			const near = 5e-6 // the budget's durations are whole nanoseconds
			if got, want := b.allow(now), m.opens <= now.Seconds(); got != want && math.Abs(m.opens-now.Seconds()) > near {
				t.Fatalf("step %d: a read at %v is allowed: %v, want from %.9f s on (%+v)", step, now, got, m.opens, m)
			}
			switch random.IntN(20) {
			case 0:
				b.cores = 0.005 + 4*random.Float64()
				m.busy(now.Seconds(), b.cores)
			case 1:
				b.background(now, cost)
				m.background(now.Seconds(), cost)
			default:
				if b.allow(now) {
					b.spend(now, cost)
					m.spend(now.Seconds(), cost)
				}
			}
		}
	})
}
