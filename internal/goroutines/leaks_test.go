package goroutines

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"iter"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// leak is a real leak of one goroutine or more, as services have it. It returns what
// ends them again.
type leak func(t *testing.T) (end func())

func leakSend(*testing.T) func() {
	c := make(chan int)
	go func() { c <- 1 }()
	return func() { <-c }
}

func leakReceive(*testing.T) func() {
	c := make(chan int)
	go func() { <-c }()
	return func() { close(c) }
}

func leakSelect(*testing.T) func() {
	a, b := make(chan int), make(chan int)
	go func() {
		select {
		case <-a:
		case <-b:
		}
	}()
	return func() { close(a) }
}

func leakWaitGroup(*testing.T) func() {
	var wait sync.WaitGroup
	wait.Add(1)
	go func() { wait.Wait() }()
	return wait.Done
}

func leakMutex(*testing.T) func() {
	var mu sync.Mutex
	mu.Lock()
	go func() { mu.Lock() }()
	return mu.Unlock
}

func leakReadLock(*testing.T) func() {
	var mu sync.RWMutex
	mu.Lock()
	go func() { mu.RLock() }()
	return mu.Unlock
}

func leakCond(*testing.T) func() {
	c, woken := sync.NewCond(&sync.Mutex{}), false
	go func() {
		c.L.Lock()
		defer c.L.Unlock()
		for !woken {
			c.Wait()
		}
	}()
	return func() {
		c.L.Lock()
		defer c.L.Unlock()
		woken = true
		c.Broadcast()
	}
}

func leakIterator(*testing.T) func() {
	next, stop := iter.Pull(func(yield func(int) bool) {
		for i := 0; yield(i); i++ {
		}
	})
	next()
	return stop
}

func leakPipe(*testing.T) func() {
	r, w := io.Pipe()
	go func() { _, _ = io.Copy(io.Discard, r) }()
	return func() { _ = w.Close() }
}

// ownContext is a context of a type that package context does not know.
type ownContext struct {
	context.Context
	done chan struct{}
}

func (c ownContext) Done() <-chan struct{} { return c.done }

func leakContext(t *testing.T) func() {
	_, cancel := context.WithCancel(ownContext{t.Context(), make(chan struct{})})
	return cancel
}

func leakConnectionRead(t *testing.T) func() {
	a, b := tcp(t)
	go func() { _, _ = a.Read(make([]byte, 1)) }()
	return func() { _, _ = a.Close(), b.Close() }
}

// tcp returns both ends of a connection.
func tcp(t *testing.T) (a, b net.Conn) {
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	var dialer net.Dialer
	if a, err = dialer.DialContext(t.Context(), "tcp", listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if b, err = listener.Accept(); err != nil {
		t.Fatal(err)
	}
	return a, b
}

func leakBody(t *testing.T) func() { return get(t, func(*http.Response) {}) }

func leakTransport(t *testing.T) func() {
	return get(t, func(resp *http.Response) {
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	})
}

// get gets a large answer by a client of its own.
func get(t *testing.T, use func(*http.Response)) func() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, 100_000))
	}))
	transport := &http.Transport{}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	use(resp)
	return func() {
		_ = resp.Body.Close()
		transport.CloseIdleConnections()
		server.Close()
	}
}

func leakTransaction(t *testing.T) func() {
	db := sql.OpenDB(emptyDatabase{})
	ctx, cancel := context.WithCancel(t.Context())
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		_ = tx.Rollback()
		cancel()
		_ = db.Close()
	}
}

func leakDatabase(*testing.T) func() {
	db := sql.OpenDB(emptyDatabase{})
	return func() { _ = db.Close() }
}

// emptyDatabase is a driver whose connections can do nothing but transactions.
type emptyDatabase struct{}

func (emptyDatabase) Connect(context.Context) (driver.Conn, error) { return emptyDatabase{}, nil }
func (emptyDatabase) Driver() driver.Driver                        { return nil }
func (emptyDatabase) Begin() (driver.Tx, error)                    { return emptyDatabase{}, nil }
func (emptyDatabase) Prepare(string) (driver.Stmt, error)          { return nil, driver.ErrSkip }
func (emptyDatabase) Close() error                                 { return nil }
func (emptyDatabase) Commit() error                                { return nil }
func (emptyDatabase) Rollback() error                              { return nil }
