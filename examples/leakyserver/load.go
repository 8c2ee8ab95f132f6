package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// loaders is how many requests of the load can be under way at once.
const loaders = 8

// load sends rate requests a second to base until ctx is done: many to the
// innocent routes, few to the leaking one.
func load(ctx context.Context, base string, rate int) {
	if rate == 0 {
		<-ctx.Done()
		return
	}
	client := &http.Client{Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	targets := make(chan string)
	var workers sync.WaitGroup
	for range loaders {
		workers.Go(func() {
			for target := range targets {
				get(ctx, client, base+target)
			}
		})
	}
	ticker := time.NewTicker(time.Second / time.Duration(rate))
	defer ticker.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			close(targets)
			workers.Wait()
			return
		case <-ticker.C:
		}
		select {
		case targets <- target(i):
		case <-ctx.Done():
		}
	}
}

// target is the i-th request: of ten, one leaks.
func target(i int) string {
	switch i % 10 {
	case 0:
		return "/api/records?limit=150"
	case 1, 2, 3:
		return "/api/search"
	case 4:
		return fmt.Sprintf("/api/thumbnails/%d", i)
	default:
		return "/api/health"
	}
}

// get fetches and forgets. An error matters to no one here: the load goes on.
func get(ctx context.Context, client *http.Client, url string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
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
