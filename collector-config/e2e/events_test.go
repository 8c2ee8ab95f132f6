package e2e

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/otelmem/otelmem-go/collector-config/e2e/backends"
)

// The links of a crossed threshold lead to what grew most just then: those traces
// were kept. Those of a leak lead to the leaker's operations, each of which grew
// little: those that bear the mark were kept.
func TestEventsArriveWithTheirLinks(t *testing.T) {
	leaked(t)
	for event, atLeast := range map[string]int{"otelmem.threshold_crossed": 1, "otelmem.leak_suspected": 8} {
		eventually(t, func() error {
			links, events, err := linksOf(t, event)
			if err != nil {
				return err
			}
			led := 0
			for _, id := range links {
				trace := find(t, id)
				if trace == nil {
					continue
				}
				led++
				if event == "otelmem.leak_suspected" && trace.Spans[0].OperationName != "GET /api/records" {
					t.Fatalf("a link of %s leads to %s", event, trace.Spans[0].OperationName)
				}
			}
			if events == 0 || len(links) == 0 || led < atLeast {
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

// find returns the trace, nil where Jaeger does not have it.
func find(t *testing.T, id string) *backends.Trace {
	t.Helper()
	traces, err := running.jaeger.Get(t.Context(), "/api/traces/"+id)
	if err != nil || len(traces) != 1 {
		return nil
	}
	return &traces[0]
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
		if i := slices.IndexFunc(links, func(link string) bool { return find(t, link) != nil }); i >= 0 {
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
		found, err := running.prometheus.Exemplars(t.Context(), `otelmem_span_growth_bytes_bucket{otelmem_memory_type="heap",otelmem_category="api_records"}`)
		if err != nil {
			return err
		}
		slices.SortFunc(found, func(a, b backends.Exemplar) int { return cmp.Compare(b.Value, a.Value) })
		if i := slices.IndexFunc(found, func(e backends.Exemplar) bool { return find(t, e.Trace) != nil }); i >= 0 {
			id = found[i].Trace
			return nil
		}
		return fmt.Errorf("none of %d exemplars leads to a trace", len(found))
	})
	return id
}
