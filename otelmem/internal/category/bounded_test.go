package category

import (
	"fmt"
	"sync"
	"testing"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

func TestBoundedServesTheFirst(t *testing.T) {
	b := NewBounded(3)
	for round := range 3 {
		for i := range 5 {
			name := fmt.Sprintf("op_%c", 'a'+i)
			operation, category := b.Admit(name, name)
			want := name
			if i >= 3 {
				want = attrs.Overflow
			}
			if operation != want || category != want {
				t.Errorf("round %d: %s is %q in %q, want %q", round, name, operation, category, want)
			}
		}
	}
	if b.Len() != 3 || b.Overflowed() != 2 {
		t.Errorf("%d operations and %d overflowed, want 3 and 2", b.Len(), b.Overflowed())
	}
}

func TestBoundedKeepsAKnownCategoryBeyondTheBound(t *testing.T) {
	b := NewBounded(1)
	b.Admit("a", "cat")
	if operation, category := b.Admit("b", "cat"); operation != attrs.Overflow || category != "cat" {
		t.Errorf("got %q in %q, want %q in the category that is known", operation, category, attrs.Overflow)
	}
}

func TestBoundedLetsNoCategoryTakeAll(t *testing.T) {
	b := NewBounded(0)
	for i := range 2 * MaxPerCategory {
		b.Admit(fmt.Sprint("statement", i), "db_mysql")
	}
	if b.Len() != MaxPerCategory {
		t.Errorf("%d operations of one category, want %d", b.Len(), MaxPerCategory)
	}
	if operation, _ := b.Admit("GET /a", "api_a"); operation != "GET /a" {
		t.Errorf("a route is %q after many statements", operation)
	}
}

func TestBoundedLeavesHalfToWhatTheCodeNamed(t *testing.T) {
	b := NewBounded(10)
	for i := range 100 {
		o := span(client, "GET", "http.request.method", "GET", "server.address", fmt.Sprintf("host%d.example.com", i))
		b.Resolve(&o)
	}
	if b.Len() != 5 {
		t.Errorf("strangers took %d of 10 places, want half", b.Len())
	}
	for i := range 5 {
		o := span(server, "GET", "http.request.method", "GET", "http.route", fmt.Sprintf("/%c", 'a'+i))
		if operation, _ := b.Resolve(&o); operation == attrs.Overflow {
			t.Errorf("route %d found no place", i)
		}
	}
}

func TestBoundedCountsNoMoreThanItCanTellApart(t *testing.T) {
	b := NewBounded(1)
	for i := range overflowSeen + 100 {
		b.Admit(fmt.Sprint("n", i), "c")
	}
	if b.Overflowed() != overflowSeen {
		t.Errorf("%d overflowed, want the bound of %d", b.Overflowed(), overflowSeen)
	}
}

func TestBoundedConcurrentSafe(t *testing.T) {
	b := NewBounded(50)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 4000 {
				name := fmt.Sprint("op", i%40)
				if operation, category := b.Admit(name, name); operation != Label(name) || category != Clean(name) {
					t.Errorf("%s is %q in %q", name, operation, category)
					return
				}
			}
		})
	}
	wg.Wait()
	if b.Len() != 40 || b.Overflowed() != 0 {
		t.Errorf("%d operations, %d overflowed, want 40 and none", b.Len(), b.Overflowed())
	}
}

func TestAKnownOperationAllocatesNothing(t *testing.T) {
	b := NewBounded(0)
	for _, o := range benchmarkSpans() {
		for range 10 {
			b.Resolve(&o)
		}
		if n := testing.AllocsPerRun(100, func() { b.Resolve(&o) }); n > 0 {
			t.Errorf("%s allocates %v times", o.Name, n)
		}
	}
}

func benchmarkSpans() map[string]Operation {
	return map[string]Operation{
		"route": span(server, "GET /api/records/{id}", "http.request.method", "GET", "url.scheme", "http", "server.address", "localhost",
			"network.peer.address", "10.0.0.1", "user_agent.original", "curl", "url.path", "/api/records/1", "http.route", "/api/records/{id}",
			"network.protocol.version", "1.1", "http.response.status_code", 200),
		"path":     span(server, "GET", "http.request.method", "GET", "url.path", "/api/records/"+uuid),
		"db":       span(client, "SELECT orders", "db.system.name", "postgresql", "db.operation.name", "SELECT", "db.collection.name", "orders"),
		"internal": span(internal, "render page 12345"),
	}
}

func BenchmarkResolve(b *testing.B) {
	for name, o := range benchmarkSpans() {
		b.Run(name, func(b *testing.B) {
			set := NewBounded(0)
			b.ReportAllocs()
			for b.Loop() {
				set.Resolve(&o)
			}
		})
	}
}

func BenchmarkDefault(b *testing.B) {
	for name, o := range benchmarkSpans() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Default(o)
			}
		})
	}
}
