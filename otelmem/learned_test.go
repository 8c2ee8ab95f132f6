package otelmem_test

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/dump/compare"
	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// Services that wrap nothing: they only have spans.

type service struct {
	tracer trace.Tracer
	kept   [][]byte
}

//go:noinline
func (s *service) keep() { s.kept = append(s.kept, make([]byte, 1<<20)) }

//go:noinline
func (s *service) syncStock(ctx context.Context) {
	ctx, span := s.tracer.Start(ctx, "sync_stock")
	defer span.End()
	s.keep()
	s.query(ctx)
}

//go:noinline
func (s *service) sendMail(ctx context.Context) {
	_, span := s.tracer.Start(ctx, "send_mail")
	s.keep()
	span.End()
}

//go:noinline
func (s *service) query(ctx context.Context) {
	_, span := s.tracer.Start(ctx, "query", trace.WithSpanKind(trace.SpanKindClient))
	defer span.End()
	s.keep()
	s.keep()
}

// runs is a helper that two operations share: what it calls under a name is told
// by its caller, where there is one.
//
//go:noinline
func (s *service) runs(ctx context.Context, name string, f func()) {
	_, span := s.tracer.Start(ctx, name)
	defer span.End()
	f()
}

//go:noinline
func (s *service) either(ctx context.Context, name string) { s.runs(ctx, name, s.keep) }

//go:noinline
func (s *service) warmCache(ctx context.Context) { s.runs(ctx, "warm_cache", s.keep) }

func TestWhatNothingWrapsIsLearnedFromSpans(t *testing.T) {
	otelmem.SampleFinely(t)
	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithDumpDir(t.TempDir()), otelmem.WithLogFile("none"))
	if err != nil {
		t.Fatal(err)
	}
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(mem.SpanProcessor(nil)))
	if err := mem.Start(t.Context(), tp, nil); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = mem.Shutdown(context.Background()) }()
	s := &service{tracer: tp.Tracer("jobs")}
	for range 10 {
		s.syncStock(t.Context())
		s.sendMail(t.Context())
		s.either(t.Context(), "this")
		s.either(t.Context(), "that")
		s.warmCache(t.Context())
	}
	runtime.GC()
	runtime.GC()
	r, err := mem.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const each = 10 << 20
	for name, want := range map[string]struct {
		by   report.Attribution
		live int64
		site string
	}{
		"sync_stock": {report.ByLearned, 3 * each, "keep"}, // with the query's
		"send_mail":  {report.ByLearned, each, "keep"},
		"query":      {"", 0, ""},
		"warm_cache": {report.ByLearned, each, "keep"},
		"this":       {"", 0, ""},
		"that":       {"", 0, ""},
	} {
		i := slices.IndexFunc(r.Operations, func(o report.Operation) bool { return o.Name == name })
		if i < 0 {
			t.Errorf("%s is not in the report", name)
			continue
		}
		o := r.Operations[i]
		if o.By != want.by || o.Live < want.live || o.Live > want.live+want.live/20 || o.Calls != 10 {
			t.Errorf("%s holds %d bytes by %q after %d calls, want %d by %q after 10", name, o.Live, o.By, o.Calls, want.live, want.by)
		}
		if want.site != "" && (len(o.Sites) == 0 || !strings.HasSuffix(o.Sites[0].Function, want.site)) {
			t.Errorf("%s: sites %v, want %s first", name, o.Sites, want.site)
		}
	}
	code := int64(0)
	for _, o := range r.Operations {
		if o.By == report.ByCode && strings.HasPrefix(o.Name, "github.com/otelmem/otelmem-go/otelmem_test.") {
			code += o.Live
		}
	}
	if code < 2*each {
		t.Errorf("%d bytes by code, want the %d that nobody can tell apart", code, 2*each)
	}
	file, err := mem.Dump(t.Context(), "learned")
	if err != nil {
		t.Fatal(err)
	}
	live, by := labelled(t, file.Path)
	for name, want := range map[string]int64{"sync_stock": 3 * each, "send_mail": each, "query": 0, "warm_cache": each, "this": 0, "that": 0} {
		if got := live[name]; got < want || got > want+want/20 || want > 0 && by[name] != "learned" {
			t.Errorf("by the dump's labels %s holds %d bytes, attribution %q; want %d, learned", name, got, by[name], want)
		}
	}
	runtime.KeepAlive(s.kept)
}

// labelled returns the live bytes of a dump by its label "operation", and how they
// were attributed.
func labelled(t *testing.T, path string) (live map[string]int64, by map[string]string) {
	t.Helper()
	p, err := compare.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	live, by = make(map[string]int64), make(map[string]string)
	for _, sample := range p.Sample {
		for _, operation := range sample.Label["operation"] {
			live[operation] += sample.Value[3]
			by[operation] = strings.Join(sample.Label["attribution"], "")
			if len(sample.Label["category"]) != 1 {
				t.Errorf("%s: categories %q, want one", operation, sample.Label["category"])
			}
		}
	}
	return live, by
}
