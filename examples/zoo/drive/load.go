package drive

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

const (
	// tick is how often the load looks how many requests are due.
	tick = 10 * time.Millisecond
	// defaultClients is how many requests of a case can be under way at once.
	defaultClients = 4
	// requestTimeout is how long a client waits.
	requestTimeout = 10 * time.Second
	// neighbourRate is how many requests a second each neighbour gets.
	neighbourRate = 4
)

// load sends a case's requests, and its neighbours', until ctx is done.
func load(ctx context.Context, c *service.Case, url string) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	var all sync.WaitGroup
	all.Go(func() { loadCase(ctx, client, url, c, c.Rate, c.Shape) })
	for _, n := range c.Neighbours() {
		all.Go(func() { loadCase(ctx, client, url, n, min(n.Rate, neighbourRate), nil) })
	}
	all.Wait()
}

// loadCase sends rate requests a second, multiplied by shape where there is one.
// What is due while all clients are busy is left out.
func loadCase(ctx context.Context, client *http.Client, url string, c *service.Case, rate float64, shape func(time.Duration) float64) {
	if c.Request == nil {
		return
	}
	numbers := make(chan int)
	var clients sync.WaitGroup
	for range max(c.Clients, defaultClients) {
		clients.Go(func() {
			for i := range numbers {
				send(ctx, client, url, c.Request(i))
			}
		})
	}
	defer clients.Wait()
	defer close(numbers)
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	began, last, sent := time.Now(), time.Now(), 0
	due := 0.0
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := time.Now()
		more := rate * now.Sub(last).Seconds()
		if shape != nil {
			more *= shape(now.Sub(began))
		}
		last = now
		for due += more; due >= 1; due-- {
			select {
			case numbers <- sent:
			default:
			}
			sent++
		}
	}
}

// send sends and forgets. An error matters to no one here: the load goes on.
func send(ctx context.Context, client *http.Client, url string, r service.Request) {
	timeout := r.Timeout
	if timeout == 0 {
		timeout = requestTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, r.Method, url+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		return
	}
	resp, err := client.Do(req)
	if err != nil {
		return
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
}
