package e2e

import (
	"errors"
	"regexp"
	"testing"
)

// expected are the labels that tell series apart; an SDK's resource has more, such
// as the process's id, and each new value of one would be a new series.
var expected = regexp.MustCompile(`^(__name__|job|instance|le|otelmem_.*|otel_scope_.*|service_name|service_namespace|service_version|service_instance_id|deployment_environment_name)$`)

func TestSeriesTellReplicasApartAndHaveFewLabels(t *testing.T) {
	leaked(t)
	for _, metric := range []string{"otelmem_memory_live_bytes", "otelmem_span_growth_bytes_bucket", "otelmem_memory_external_bytes"} {
		eventually(t, func() error {
			samples, err := running.prometheus.Query(t.Context(), "last_over_time("+metric+`{service_name="leakyserver"}[5m])`)
			if err == nil && len(samples) == 0 {
				err = errors.New("no series of " + metric)
			}
			for _, s := range samples {
				if s.Labels["job"] != "leakyserver" || s.Labels["instance"] == "" || s.Labels["instance"] != s.Labels["service_instance_id"] {
					t.Fatalf("%v: want the service and its replica as job and instance", s.Labels)
				}
				for name := range s.Labels {
					if !expected.MatchString(name) {
						t.Fatalf("label %s of %s is not expected", name, metric)
					}
				}
			}
			return err
		})
	}
}
