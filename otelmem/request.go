package otelmem

import (
	"context"
	"io"
	"net/http"
	"runtime/pprof"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// serve lets h serve a copy of the request whose context carries the tag.
func serve(h http.Handler, w http.ResponseWriter, r *http.Request, of *route) {
	outside := r.Context()
	of.nameSpan(outside)
	// The context is an allocation of its own: it may outlive the request, which
	// must not live as long.
	inner := r.WithContext(of.tag.SetLabels(outside))
	if mayHaveUnannouncedTrailer(r) {
		inner.Body = &trailerBody{ReadCloser: r.Body, from: r, to: inner}
	}
	body := inner.Body
	// Also after a panic: middleware outside may clean up what the handler made.
	defer func() {
		pprof.SetGoroutineLabels(outside)
		writeBack(r, inner, body)
	}()
	heaptag.Do(of.tag.ID, func() { h.ServeHTTP(w, inner) })
}

// writeBack gives the caller's request what a handler, or the mux, wrote into the
// copy. It writes what has changed only: a goroutine of the caller's may be reading
// the rest.
func writeBack(r, inner *http.Request, body io.ReadCloser) {
	if r.Pattern != inner.Pattern {
		r.Pattern = inner.Pattern
	}
	if r.MultipartForm != inner.MultipartForm {
		r.MultipartForm = inner.MultipartForm
	}
	if r.Form == nil && inner.Form != nil {
		r.Form = inner.Form
	}
	if r.PostForm == nil && inner.PostForm != nil {
		r.PostForm = inner.PostForm
	}
	if inner.Body != body {
		r.Body = inner.Body
	}
}

// mayHaveUnannouncedTrailer says whether the server may yet write trailers into
// r: after the last chunk of an HTTP/1.1 body, where the request announced none.
// Announced ones, and those of HTTP/2, go into a map that a copy shares.
func mayHaveUnannouncedTrailer(r *http.Request) bool {
	return r.ContentLength < 0 && r.ProtoMajor == 1 && r.Trailer == nil && r.Body != nil && r.Body != http.NoBody
}

// trailerBody is the body of a copied request. The server writes trailers into the
// request that it made: when it has, the copy gets them too.
type trailerBody struct {
	io.ReadCloser
	from, to *http.Request
}

func (b *trailerBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && b.to.Trailer == nil {
		b.to.Trailer = b.from.Trailer
	}
	return n, err
}

// nameSpan gives the server's span its route, where a span is there: instrumentation
// starts it before the router has chosen, and some never learn what it chose.
func (of *route) nameSpan(ctx context.Context) {
	if len(of.span) == 0 {
		return
	}
	span := trace.SpanFromContext(ctx)
	if s, ok := span.(sdktrace.ReadOnlySpan); ok && span.IsRecording() && s.SpanKind() == trace.SpanKindServer {
		span.SetAttributes(of.span...)
	}
}
