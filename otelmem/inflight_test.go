package otelmem

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

func TestSpansThatAreNeverEndedAreNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiagnostics(t)
		tracer, _ := start(t, d, nil)
		const n = 25
		for range n {
			tracer.Start(context.Background(), "forgets to end")
		}
		time.Sleep(11 * time.Minute)
		_, young := tracer.Start(context.Background(), "runs")
		defer young.End()
		r, err := d.Report(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]report.InFlight{"forgets to end": {Count: n, Long: n}, "runs": {Count: 1}} {
			i := slices.IndexFunc(r.Operations, func(o report.Operation) bool { return o.Name == name })
			if i < 0 || r.Operations[i].InFlight == nil || r.Operations[i].InFlight.Count != want.Count || r.Operations[i].InFlight.Long != want.Long {
				t.Errorf("%s: %+v, want %+v in flight", name, r.Operations, want)
			}
		}
		if text := r.String(); !strings.Contains(text, "25 spans of forgets to end have been in flight for ten minutes or more, the oldest for 11m") {
			t.Errorf("the report does not say so:\n%s", text)
		}
		if err := d.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}
