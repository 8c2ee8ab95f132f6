package main

import (
	"crypto/sha256"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// handlers are what a server does with a request.
var handlers = map[string]func(trace.Tracer) http.HandlerFunc{
	"small": func(trace.Tracer) http.HandlerFunc { return small },
	"json":  jsonWithChild,
	"1ms":   func(trace.Tracer) http.HandlerFunc { return millisecond() },
}

func handlerNames() []string { return slices.Sorted(maps.Keys(handlers)) }

func small(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }

// item is one of the 50 of a JSON answer.
type item struct {
	ID    int      `json:"id"`
	Name  string   `json:"name"`
	Price float64  `json:"price"`
	Tags  []string `json:"tags"`
}

// jsonWithChild answers with 50 items that a child span made.
func jsonWithChild(tracer trace.Tracer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, span := tracer.Start(r.Context(), "SELECT items", trace.WithSpanKind(trace.SpanKindClient))
		items := make([]item, 50)
		for i := range items {
			items[i] = item{ID: i, Name: "an item of some length", Price: float64(i) * 1.25, Tags: []string{"one", "two"}}
		}
		span.End()
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(items)
	}
}

// millisecond computes for about a millisecond, the same work in each request.
func millisecond() http.HandlerFunc {
	rounds := hashesAMillisecond()
	return func(w http.ResponseWriter, _ *http.Request) {
		hash(rounds)
		_, _ = io.WriteString(w, "ok")
	}
}

// hashesAMillisecond is calibrated by the best of some tries, since others use the
// machine too: so processes that start one after another come to about the same.
func hashesAMillisecond() int {
	const sample = 2000
	best := time.Hour
	for range 20 {
		start := time.Now()
		hash(sample)
		best = min(best, time.Since(start))
	}
	return int(float64(sample) * float64(time.Millisecond) / float64(best))
}

func hash(n int) {
	var sum [32]byte
	for range n {
		sum = sha256.Sum256(sum[:])
	}
}
