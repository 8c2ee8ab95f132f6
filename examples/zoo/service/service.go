package service

import (
	"context"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Service is what a case's Setup adds to.
type Service struct {
	// Context lasts as long as the service does.
	Context context.Context
	// Tracer and Meter are the service's own.
	Tracer trace.Tracer
	Meter  metric.Meter
	// TracerProvider is what Tracer comes from.
	TracerProvider *sdktrace.TracerProvider
	// Dir is a folder for files, which is removed at the end.
	Dir string

	mux     *http.ServeMux
	jobs    []job
	wrapped bool
	onset   time.Time
}

// Grows says whether the case's growth has set in: before, a case does the same
// work and lets go of it.
func (s *Service) Grows() bool { return !time.Now().Before(s.onset) }

// HandleFunc adds a route.
func (s *Service) HandleFunc(pattern string, f http.HandlerFunc) { s.mux.HandleFunc(pattern, f) }

// job is work that is done again and again.
type job struct {
	every time.Duration
	name  string
	run   func(context.Context)
}

// Every runs f as the job of that name, once each d, when the service is set up.
func (s *Service) Every(d time.Duration, name string, f func(context.Context)) {
	s.jobs = append(s.jobs, job{d, name, f})
}

// work runs the jobs, each on a goroutine of its own, as long as the service lasts.
func (s *Service) work() {
	for _, j := range s.jobs {
		go s.repeat(j)
	}
}

func (s *Service) repeat(j job) {
	ticker := time.NewTicker(j.every)
	defer ticker.Stop()
	for {
		select {
		case <-s.Context.Done():
			return
		case <-ticker.C:
			s.Job(s.Context, j.name, j.run)
		}
	}
}

// Job runs f as one run of the job of that name: a span and, where the service
// is wrapped, an operation.
func (s *Service) Job(ctx context.Context, name string, f func(context.Context)) {
	ctx, span := s.Tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindConsumer))
	defer span.End()
	if s.wrapped {
		do(ctx, name, f)
		return
	}
	f(ctx)
}
