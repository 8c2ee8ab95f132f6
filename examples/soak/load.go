package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	// rate is how many requests a second innocent routes get, leakRate what each leak
	// gets.
	rate     = 60
	leakRate = 8
)

// load sends requests until ctx is done: each is answered before the next of its kind.
func (s *service) load(ctx context.Context, all *sync.WaitGroup) {
	transport := &http.Transport{MaxIdleConnsPerHost: 4}
	client := &http.Client{Transport: transport, Timeout: 10 * time.Second}
	context.AfterFunc(ctx, transport.CloseIdleConnections)
	kinds := []func(i int) (target, answer string){
		func(int) (string, string) { return "/churn", "churned 64" },
		func(i int) (string, string) { return fmt.Sprintf("/cached/%d", i), fmt.Sprintf("cached %d", i) },
		func(i int) (string, string) { return fmt.Sprintf("/sessions/%d", i), fmt.Sprintf("session %d", i) },
		func(int) (string, string) { return "/fanout", "fanned out 8" },
	}
	for _, kind := range kinds {
		all.Go(func() {
			each(ctx, rate/len(kinds), func(i int) {
				target, answer := kind(i)
				s.ask(client, target, answer)
			})
		})
	}
	all.Go(func() {
		each(ctx, leakRate, func(int) {
			for _, l := range s.leaksNow() {
				s.ask(client, l.target, l.answer)
			}
		})
	})
	all.Go(func() {
		each(ctx, 1, func(int) {
			_ = s.telemetry.mem.Run(ctx, "tidy_up", func(context.Context) error {
				_, err := io.Discard.Write(bytes.Repeat([]byte{1}, mib))
				return err
			})
		})
	})
}

// each calls f so many times a second until ctx is done, later where it takes longer.
func each(ctx context.Context, perSecond int, f func(i int)) {
	ticker := time.NewTicker(time.Second / time.Duration(perSecond))
	defer ticker.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			f(i)
		}
	}
}

// ask counts the request, and whether its answer is the one that the application gives.
func (s *service) ask(client *http.Client, target, answer string) {
	s.requests.Add(1)
	response, err := client.Get(s.address + target)
	if err != nil {
		s.wrong.Add(1)
		return
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || string(body) != answer {
		s.wrong.Add(1)
	}
}
