package debugpage

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// watch opens the stream and returns its events' data, until it ends.
func watch(ctx context.Context, t *testing.T, url string) <-chan string {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	resp, err := transport.RoundTrip(req) //nolint:bodyclose // the goroutine below closes it
	if err != nil {
		t.Fatal(err)
	}
	if got := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || got != "text/event-stream" {
		t.Fatalf("status %d, %s", resp.StatusCode, got)
	}
	events := make(chan string, 100)
	go func() {
		defer close(events)
		defer transport.CloseIdleConnections()
		defer resp.Body.Close()
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				events <- data
			}
		}
	}()
	return events
}

func TestStreamTellsOfMemory(t *testing.T) {
	mem := diagnostics(t)
	server := httptest.NewServer(Handler(mem))
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	events := watch(ctx, t, server.URL)
	seen := 0
	for range 3 {
		var u struct {
			State      *struct{ Sentence string }
			Points     [][]int64
			Thresholds []struct{ Text string }
		}
		if err := json.Unmarshal([]byte(<-events), &u); err != nil {
			t.Fatal(err)
		}
		if u.State != nil && u.State.Sentence == "" || len(u.Thresholds) != 2 {
			t.Errorf("an event says %+v", u)
		}
		seen += len(u.Points)
	}
	if seen < 2 || seen > len(mem.History()) {
		t.Errorf("%d points seen, %d kept: each comes once", seen, len(mem.History()))
	}
	cancel()
	for range events { // it ends when the client leaves
	}
}

func TestStreamEndsWithDiagnostics(t *testing.T) {
	mem := diagnostics(t)
	server := httptest.NewServer(Handler(mem))
	defer server.Close()
	events := watch(t.Context(), t, server.URL)
	<-events
	if err := mem.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	last := ""
	for e := range events {
		last = e
	}
	if last != "null" {
		t.Errorf("the last event is %q, want the one that says it is over", last)
	}
}

// A graceful shutdown waits for requests, and a stream would not end.
func TestStreamEndsWithItsServer(t *testing.T) {
	server := httptest.NewServer(Handler(diagnostics(t)))
	defer server.Close()
	events := watch(t.Context(), t, server.URL)
	<-events
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := server.Config.Shutdown(ctx); err != nil {
		t.Errorf("shutdown: %v", err)
	}
	for range events {
	}
}

func TestStreamOutlivesTheServersDeadlines(t *testing.T) {
	server := httptest.NewUnstartedServer(Handler(diagnostics(t)))
	server.Config.ReadTimeout, server.Config.WriteTimeout = 500*time.Millisecond, 500*time.Millisecond
	server.Start()
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	events := watch(ctx, t, server.URL)
	for range 3 { // two seconds
		if _, ok := <-events; !ok {
			t.Fatal("the stream ended")
		}
	}
	cancel()
	for range events {
	}
}

func TestStreamsAreBounded(t *testing.T) {
	server := httptest.NewServer(Handler(diagnostics(t)))
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	var open []<-chan string
	for range maxStreams {
		events := watch(ctx, t, server.URL)
		<-events
		open = append(open, events)
	}
	resp, err := http.Get(server.URL + "/events")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("one too many: status %d", resp.StatusCode)
	}
	cancel()
	for _, events := range open {
		for range events {
		}
	}
	http.DefaultClient.CloseIdleConnections()
}
