package report

import "time"

// Span is an operation that ended: an example of its category. Bytes unless
// said.
type Span struct {
	Operation   string        `json:"operation"`
	Category    string        `json:"category"`
	TraceID     string        `json:"traceId"`
	SpanID      string        `json:"spanId"`
	End         time.Time     `json:"end"`
	Duration    time.Duration `json:"durationNanos"`
	RSS         int64         `json:"rssGrowth"`
	Heap        int64         `json:"heapGrowth"`
	External    int64         `json:"externalGrowth"`
	Share       int64         `json:"heapShare"`
	Concurrency float64       `json:"concurrency"`
}

// Largest is the largest of the span's growths, in bytes.
func (s *Span) Largest() int64 { return max(s.RSS, s.Heap, s.External) }

// SpanGrowth is what the process's memory grew while operations ran: summed over
// them, with shrinking counted as 0. Operations that ran at the same time each
// count the same growth; Share does not. Bytes unless said.
type SpanGrowth struct {
	Calls    int64 `json:"calls"`
	RSS      int64 `json:"rss"`
	Heap     int64 `json:"heap"`
	External int64 `json:"external"`
	// Share is the fair share of the heap's growth, shrinking included.
	Share int64 `json:"share"`
	// Worst is the span with the largest growth.
	Worst Span `json:"worst"`
}
