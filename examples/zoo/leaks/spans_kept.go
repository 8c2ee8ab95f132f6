package leaks

import (
	"context"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// latest is a span processor that keeps spans of one kind for a page, for ever.
type latest struct {
	service *service.Service
	mu      sync.Mutex
	spans   []sdktrace.ReadOnlySpan
}

func (l *latest) OnEnd(s sdktrace.ReadOnlySpan) {
	if s.Name() != "run_query" || !l.service.Grows() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spans = append(l.spans, s)
}

func (*latest) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (*latest) Shutdown(context.Context) error                  { return nil }
func (*latest) ForceFlush(context.Context) error                { return nil }

type queries struct{ service *service.Service }

func (q *queries) schedule(ctx context.Context) {
	_, span := q.service.Tracer.Start(ctx, "run_query")
	defer span.End()
	statement := strings.Repeat("select * from orders; ", 2<<10) // LEAK:
	span.SetAttributes(attribute.String("db.query.text", statement))
}

func init() {
	register(service.Case{
		Name:      "spans-kept",
		Operation: "schedule_queries",
		Functions: []string{"(*queries).schedule"},
		Setup: func(s *service.Service) {
			s.TracerProvider.RegisterSpanProcessor(&latest{service: s})
			s.Every(30*time.Millisecond, "schedule_queries", (&queries{s}).schedule)
		},
	})
}
