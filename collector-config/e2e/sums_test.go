package e2e

import (
	"errors"
	"fmt"
	"math"
	"testing"
)

// What Prometheus has of each category is what the service itself reports, by its
// own metrics and by those that the collector makes of its spans.
func TestSumsInPrometheusAreTheServicesOwn(t *testing.T) {
	r := leaked(t)
	if len(r.Categories) < 4 {
		t.Fatalf("the report has %d categories", len(r.Categories))
	}
	for _, c := range r.Categories {
		if c.Growth.Calls == 0 {
			continue // holds memory, but has no spans
		}
		for name, check := range map[string]struct {
			query string
			want  float64
		}{
			"calls":               {`otelmem_operations_total{%s}`, c.Growth.Calls},
			"heap":                {`otelmem_span_growth_bytes_sum{otelmem_memory_type="heap",%s}`, c.Growth.Heap},
			"rss":                 {`otelmem_span_growth_bytes_sum{otelmem_memory_type="rss",%s}`, c.Growth.RSS},
			"external":            {`otelmem_span_growth_bytes_sum{otelmem_memory_type="external",%s}`, c.Growth.External},
			"heap from spans":     {`otelmem_spans_heap_growth_bytes_sum{%s}`, c.Growth.Heap},
			"rss from spans":      {`otelmem_spans_rss_growth_bytes_sum{%s}`, c.Growth.RSS},
			"external from spans": {`otelmem_spans_external_growth_bytes_sum{%s}`, c.Growth.External},
		} {
			query := fmt.Sprintf("sum(last_over_time("+check.query+"[5m]))", fmt.Sprintf("otelmem_category=%q", c.Name))
			t.Run(c.Name+" "+name, func(t *testing.T) {
				if check.want == 0 {
					t.Skip("the service reports 0")
				}
				eventually(t, func() error {
					samples, err := running.prometheus.Query(t.Context(), query)
					if err != nil {
						return err
					}
					if len(samples) != 1 {
						return errors.New("no sum")
					}
					if got := samples[0].Value; math.Abs(got-check.want) > 0.01*check.want {
						return fmt.Errorf("prometheus has %.0f, the service reports %.0f", got, check.want)
					}
					return nil
				})
			})
		}
	}
}
