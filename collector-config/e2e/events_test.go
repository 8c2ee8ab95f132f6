package e2e

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/otelmem/otelmem-go/collector-config/e2e/backends"
)

// The links of an event lead to traces: those whose growth was above the bound,
// and a share of the rest. Those of a leak are of small growth, all of which the
// gateway may have dropped.
func TestEventsArriveWithTheirLinks(t *testing.T) {
	leaked(t)
	for _, event := range []string{"otelmem.threshold_crossed", "otelmem.leak_suspected"} {
		eventually(t, func() error {
			links, events, err := linksOf(t, event)
			if err != nil {
				return err
			}
			led := 0
			for _, id := range links {
				if kept(t, id) {
					led++
				}
			}
			if events == 0 || len(links) == 0 || event == "otelmem.threshold_crossed" && led == 0 {
				return fmt.Errorf("%d %s; %d of %d links lead to a trace", events, event, led, len(links))
			}
			t.Logf("%d %s; %d of %d links lead to a trace that was kept", events, event, led, len(links))
			return nil
		})
	}
}

func TestExemplarsLeadToTraces(t *testing.T) {
	leaked(t)
	if id := exemplar(t); len(id) != 32 {
		t.Errorf("trace id %q", id)
	}
}

// linksOf are the trace ids that an event's links have, and how many such events
// there are.
func linksOf(t *testing.T, event string) (links []string, events int, err error) {
	t.Helper()
	traces, err := running.jaeger.Traces(t.Context(), "leakyserver", event, nil, 100)
	for i := range traces {
		for j := range traces[i].Spans {
			s := &traces[i].Spans[j]
			if s.OperationName != event {
				continue
			}
			events++
			for _, link := range s.References {
				links = append(links, link.TraceID)
			}
		}
	}
	return links, events, err
}

// kept says whether Jaeger has the trace.
func kept(t *testing.T, id string) bool {
	t.Helper()
	traces, err := running.jaeger.Get(t.Context(), "/api/traces/"+id)
	return err == nil && len(traces) == 1
}

// suspect is the trace id of a link of a crossed threshold, and exemplar that of
// the largest growth among the leaker's exemplars; both were kept.
func suspect(t *testing.T) (id string) {
	t.Helper()
	eventually(t, func() error {
		links, _, err := linksOf(t, "otelmem.threshold_crossed")
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(links, func(link string) bool { return kept(t, link) }); i >= 0 {
			id = links[i]
			return nil
		}
		return fmt.Errorf("none of %d links leads to a trace", len(links))
	})
	return id
}

func exemplar(t *testing.T) (id string) {
	t.Helper()
	eventually(t, func() error {
		found, err := running.prometheus.Exemplars(t.Context(), `otelmem_span_growth_bytes_bucket{otelmem_memory="heap",otelmem_category="api_records"}`)
		if err != nil {
			return err
		}
		slices.SortFunc(found, func(a, b backends.Exemplar) int { return cmp.Compare(b.Value, a.Value) })
		if i := slices.IndexFunc(found, func(e backends.Exemplar) bool { return kept(t, e.Trace) }); i >= 0 {
			id = found[i].Trace
			return nil
		}
		return fmt.Errorf("none of %d exemplars leads to a trace", len(found))
	})
	return id
}
