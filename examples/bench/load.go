package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// connections is how many requests a server has at a time at saturation.
const connections = 8

// client is one connection to a server. It costs little itself, since what serves
// shares the machine with it.
type client struct {
	conn net.Conn
	in   *bufio.Reader
}

func dial(ctx context.Context, address string) (*client, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect to the server: %w", err)
	}
	return &client{conn: conn, in: bufio.NewReader(conn)}, nil
}

var request = []byte("GET /items HTTP/1.1\r\nHost: localhost\r\n\r\n")

// get makes a request and returns how long the answer took.
func (c *client) get() (time.Duration, error) {
	start := time.Now()
	if _, err := c.conn.Write(request); err != nil {
		return 0, fmt.Errorf("ask: %w", err)
	}
	response, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0, fmt.Errorf("read the answer: %w", err)
	}
	_, err = io.Copy(io.Discard, response.Body)
	if response.StatusCode != http.StatusOK {
		err = errors.Join(err, fmt.Errorf("status %s", response.Status))
	}
	return time.Since(start), errors.Join(err, response.Body.Close())
}

// clients are the connections to one server.
type clients []*client

func dialAll(ctx context.Context, address string) (all clients, err error) {
	for range connections {
		c, err := dial(ctx, address)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func (cs clients) close() {
	for _, c := range cs {
		_ = c.conn.Close()
	}
}

// saturate asks on all connections, as fast as answers come, and returns how long
// each took.
func (cs clients) saturate(ctx context.Context, d time.Duration) (latencies []time.Duration, err error) {
	until := time.Now().Add(d)
	results := make([][]time.Duration, len(cs))
	errs := make([]error, len(cs))
	var asking sync.WaitGroup
	for i, c := range cs {
		asking.Go(func() {
			for time.Now().Before(until) && ctx.Err() == nil && errs[i] == nil {
				var took time.Duration
				took, errs[i] = c.get()
				results[i] = append(results[i], took)
			}
		})
	}
	asking.Wait()
	for _, r := range results {
		latencies = append(latencies, r...)
	}
	return latencies, errors.Join(errors.Join(errs...), ctx.Err())
}

// pace asks on the connections in turn, rate times a second, one request after the
// other.
func (cs clients) pace(ctx context.Context, d time.Duration, rate int) (latencies []time.Duration, err error) {
	ticker := time.NewTicker(time.Second / time.Duration(rate))
	defer ticker.Stop()
	for range int(d.Seconds() * float64(rate)) {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-ticker.C:
		}
		took, err := cs[len(latencies)%len(cs)].get()
		if err != nil {
			return nil, err
		}
		latencies = append(latencies, took)
	}
	return latencies, nil
}
