package innocents

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// connections is a pool that opens up to 40 connections, one after another, each
// with large buffers and a goroutine on the other side, and then uses them in turn.
type connections struct {
	service *service.Service
	server  net.Listener
	mu      sync.Mutex
	open    []*connection
	next    int
}

type connection struct {
	mu     sync.Mutex
	stream *bufio.ReadWriter
}

const connectionsOpen = 40

func (p *connections) query(w http.ResponseWriter, r *http.Request) {
	c, err := p.take()
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_, _ = c.stream.WriteString(r.PathValue("id") + "\n")
	_ = c.stream.Flush()
	answer, _ := c.stream.ReadString('\n')
	_, _ = io.WriteString(w, answer)
}

func (p *connections) take() (*connection, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next++; len(p.open) == connectionsOpen || len(p.open) > 0 && (!p.service.Grows() || p.next%20 != 0) {
		return p.open[p.next%len(p.open)], nil
	}
	raw, err := net.Dial("tcp", p.server.Addr().String())
	if err != nil {
		return nil, err
	}
	made := &connection{stream: bufio.NewReadWriter(bufio.NewReaderSize(raw, 256<<10), bufio.NewWriterSize(raw, 256<<10))}
	p.open = append(p.open, made)
	return made, nil
}

// echo answers each connection with what it is sent.
func (p *connections) echo() {
	for {
		c, err := p.server.Accept()
		if err != nil {
			return
		}
		go func() { _, _ = io.Copy(c, c) }()
	}
}

func init() {
	register(service.Case{
		Name: "connections-warm-up",
		Kind: service.None,
		Setup: func(s *service.Service) {
			server, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				panic(err)
			}
			p := &connections{service: s, server: server}
			go p.echo()
			s.HandleFunc("GET /api/orders/{id}", p.query)
		},
		Request: service.Get("/api/orders/%d"),
	})
}
