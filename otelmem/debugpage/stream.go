package debugpage

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

const (
	// maxStreams is how many pages are kept up to date at a time.
	maxStreams = 16
	// streamInterval is how often each is.
	streamInterval = time.Second
	// streamPatience is how long a client may take to receive an update.
	streamPatience = 10 * time.Second
)

// events is the stream that keeps the first page up to date. It ends when the
// client leaves, when diagnostics are shut down and when the server is.
func (h *handler) events(w http.ResponseWriter, r *http.Request) {
	if !h.streams.enter() {
		w.Header().Set("Retry-After", "60")
		http.Error(w, fmt.Sprintf("%d pages are kept up to date already: close one, or reload this one to see new figures", maxStreams), http.StatusServiceUnavailable)
		return
	}
	defer h.streams.leave()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // proxies: pass on as it comes
	if r.Method == http.MethodHead {
		return
	}
	s := stream{handler: h, w: w, control: http.NewResponseController(w)}
	// A server's deadlines are for requests that end soon. Where they cannot be
	// lifted, the client comes again.
	_ = s.control.SetReadDeadline(time.Time{})
	defer func() { _ = s.control.SetWriteDeadline(time.Time{}) }()
	s.run(r.Context(), h.streams.closing(r.Context()))
}

// stream is one page that is kept up to date.
type stream struct {
	*handler
	w       http.ResponseWriter
	control *http.ResponseController
	sent    time.Time      // of the last point
	seen    *report.Report // of the last state
}

func (s *stream) run(ctx context.Context, closing <-chan struct{}) {
	ticker := time.NewTicker(streamInterval)
	defer ticker.Stop()
	for {
		if err := s.send(); err != nil {
			return // nobody is there to hear of it
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		case <-closing:
			return
		case <-s.source.done():
			_ = s.write("over", nil)
			return
		}
	}
}

// update is an event of a stream. The state is left out where it is that of the
// event before.
type update struct {
	State *state `json:"state,omitempty"`
	// Points are those since the last update: milliseconds since 1970, RSS, heap,
	// live, external.
	Points     [][5]int64  `json:"points"`
	Limit      int64       `json:"limit"`
	Thresholds []chartMark `json:"thresholds"`
	Dumps      []chartMark `json:"dumps"`
}

// chartMark is what the chart shows beside its lines: a threshold at Bytes, or a dump at Time.
type chartMark struct {
	Text  string `json:"text"`
	Bytes int64  `json:"bytes,omitempty"`
	Time  int64  `json:"time,omitempty"`
	Name  string `json:"name,omitempty"`
}

func (s *stream) send() error {
	v, err := s.latest.follow()
	if err != nil {
		return err
	}
	u := update{Limit: v.report.Process.Limit, Dumps: dumpMarks(v.entries)}
	if v.report != s.seen {
		u.State, s.seen = newState(v.report, s.latest.comparison(v)), v.report
	}
	for _, t := range s.source.thresholds() {
		u.Thresholds = append(u.Thresholds, chartMark{Text: t.Text, Bytes: t.Bytes})
	}
	for _, p := range s.source.history() {
		if p.Time.After(s.sent) {
			u.Points = append(u.Points, point(p))
			s.sent = p.Time
		}
	}
	return s.write("state", u)
}

func point(p report.MemoryPoint) [5]int64 {
	return [5]int64{p.Time.UnixMilli(), p.RSS, p.Heap, p.Live, p.External}
}

func dumpMarks(entries []dump.Entry) []chartMark {
	var marks []chartMark
	for i := range entries {
		e := &entries[i]
		marks = append(marks, chartMark{Text: reasonOf(e), Bytes: e.Metadata.Memory.RSS, Time: e.Metadata.Time.UnixMilli(), Name: nameOf(e)})
	}
	return marks
}

// write sends an event. JSON has no line ends.
func (s *stream) write(event string, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("event %s: %w", event, err)
	}
	_ = s.control.SetWriteDeadline(time.Now().Add(streamPatience))
	if _, err := fmt.Fprintf(s.w, "event: %s\ndata: %s\n\n", event, text); err != nil {
		return err
	}
	return s.control.Flush()
}

// streams counts them and ends them with their server. The zero value is ready;
// it is safe for concurrent use.
type streams struct {
	mu      sync.Mutex
	open    int
	servers map[*http.Server]chan struct{} // closed when the server is shut down
}

func (s *streams) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open >= maxStreams {
		return false
	}
	s.open++
	return true
}

func (s *streams) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
}

// closing is closed when the server of a request is shut down: Shutdown waits for
// requests to end, and a stream does not end by itself. Nil where the server is
// unknown.
func (s *streams) closing(ctx context.Context) <-chan struct{} {
	server, ok := ctx.Value(http.ServerContextKey).(*http.Server)
	if !ok {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if done := s.servers[server]; done != nil {
		return done
	}
	done := make(chan struct{})
	server.RegisterOnShutdown(sync.OnceFunc(func() { close(done) }))
	if s.servers == nil {
		s.servers = make(map[*http.Server]chan struct{})
	}
	s.servers[server] = done
	return done
}
