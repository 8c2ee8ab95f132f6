package goroutines

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"github.com/otelmem/otelmem-go/internal/appframe"
)

func TestGoroutinesOfAnotherProcessAreKnownByTheirStacks(t *testing.T) {
	p := &profile.Profile{SampleType: []*profile.ValueType{{Type: "goroutine", Unit: "count"}}, PeriodType: &profile.ValueType{Type: "goroutine"}, Period: 1}
	var stack []*profile.Location
	for _, f := range []struct{ name, file string }{
		{"runtime.gopark", "/usr/local/go/src/runtime/proc.go"},
		{"runtime.chansend", "/usr/local/go/src/runtime/chan.go"},
		{"example.com/shop/mail.send", "/src/shop/mail/mail.go"},
		{"main.notify.func1", "/src/shop/main.go"},
	} {
		id := uint64(len(p.Function) + 1)
		fn := &profile.Function{ID: id, Name: f.name, Filename: f.file}
		at := &profile.Location{ID: id, Line: []profile.Line{{Function: fn, Line: int64(id)}}}
		p.Function, p.Location, stack = append(p.Function, fn), append(p.Location, at), append(stack, at)
	}
	p.Sample = []*profile.Sample{
		{Location: stack, Value: []int64{40}, Label: map[string][]string{"operation": {"GET /orders"}}},
		{Location: stack, Value: []int64{2}},
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	r, err := Parse(b.Bytes(), appframe.NewOutside())
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Groups) != 2 || !r.Labelled {
		t.Fatalf("%+v", r)
	}
	want := Key{Operation: "GET /orders", Starter: "main.notify", Function: "example.com/shop/mail.send", Place: "/src/shop/mail/mail.go:3"}
	if g := r.Groups[0]; g.Key != want || g.Count != 40 || !strings.Contains(g.Meaning, "nobody receives") {
		t.Errorf("%+v, want 40 of %+v", g, want)
	}
	p.SampleType[0].Type = "cpu"
	b.Reset()
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(b.Bytes(), appframe.NewOutside()); err == nil || !strings.Contains(err.Error(), "want goroutine") {
		t.Errorf("a CPU profile: %v", err)
	}
}
