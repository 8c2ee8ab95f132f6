package heapprofile

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/pprofwire"
)

// anotherProgram is a heap profile of a program whose handler, below a router, keeps what
// its store allocates.
func anotherProgram(labels map[string][]string) *profile.Profile {
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "alloc_objects"}, {Type: "alloc_space"}, {Type: "inuse_objects"}, {Type: "inuse_space"}},
		PeriodType: &profile.ValueType{Type: "space", Unit: "bytes"}, Period: 1 << 20, TimeNanos: 7e9,
	}
	var stack []*profile.Location
	for _, f := range []struct{ name, file string }{
		{"bytes.growSlice", "/usr/local/go/src/bytes/buffer.go"},
		{"example.com/lib.Encode", "/root/go/pkg/mod/example.com/lib@v1.0.0/lib.go"},
		{"example.com/shop/store.(*Store).Put", "/src/shop/store/store.go"},
		{"main.orders", "/src/shop/main.go"},
		{"net/http.HandlerFunc.ServeHTTP", "/usr/local/go/src/net/http/server.go"},
		{"main.main", "/src/shop/main.go"},
		{"runtime.main", "/usr/local/go/src/runtime/proc.go"},
	} {
		id := uint64(len(p.Function) + 1)
		fn := &profile.Function{ID: id, Name: f.name, Filename: f.file}
		at := &profile.Location{ID: id, Line: []profile.Line{{Function: fn, Line: int64(10 * id)}}}
		p.Function, p.Location, stack = append(p.Function, fn), append(p.Location, at), append(stack, at)
	}
	p.Sample = []*profile.Sample{{Location: stack, Value: []int64{20, 2000, 10, 1000}, Label: labels, NumLabel: map[string][]int64{"bytes": {100}}}}
	return p
}

func encoded(t *testing.T, p *profile.Profile) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAProfileOfAnotherProcessIsReadByItsCode(t *testing.T) {
	p, err := Parse(encoded(t, anotherProgram(nil)), appframe.NewOutside())
	if err != nil {
		t.Fatal(err)
	}
	u := p.Code["main.orders"]
	if u == nil || u.Live != 1000 || u.Allocated != 2000 || len(u.Sites) != 1 {
		t.Fatalf("main.orders has %+v of %v", u, p.Code)
	}
	if s := u.Sites[0]; s.Function != "example.com/shop/store.(*Store).Put" || s.Line != 30 || s.Via.Function != "example.com/lib.Encode" {
		t.Errorf("it allocates at %+v", s)
	}
	if !p.Time.Equal(time.Unix(7, 0)) {
		t.Errorf("it was taken at %v", p.Time)
	}
	if total := p.Total(); total.Live != 1000 || total.Allocated != 2000 || total.Error <= 0 {
		t.Errorf("total %+v", total)
	}
}

func TestAProfileOfAnotherProcessIsReadByItsLabels(t *testing.T) {
	for attribution, of := range map[string]func(*Profile) *Usage{
		"":                 func(p *Profile) *Usage { return p.Labelled[Owner{Operation: "GET /orders", Category: "orders"}] },
		AttributionLearned: func(p *Profile) *Usage { return p.Learned["GET /orders"] },
	} {
		labels := map[string][]string{"operation": {"GET /orders"}, "category": {"orders"}}
		if attribution != "" {
			labels[AttributionLabel] = []string{attribution}
		}
		p, err := Parse(encoded(t, anotherProgram(labels)), appframe.NewOutside())
		if err != nil {
			t.Fatal(err)
		}
		if u := of(p); u == nil || u.Live != 1000 || len(p.Code) != 0 {
			t.Errorf("attribution %q: %+v, by code %v", attribution, u, p.Code)
		}
	}
}

func TestValuesAreKnownByTheirNames(t *testing.T) {
	p := anotherProgram(nil)
	p.SampleType = []*profile.ValueType{{Type: "inuse_space"}, {Type: "alloc_space"}}
	p.Sample[0].Value = []int64{1000, 2000}
	read, err := Parse(encoded(t, p), appframe.NewOutside())
	if err != nil {
		t.Fatal(err)
	}
	if u := read.Code["main.orders"]; u == nil || u.Live != 1000 || u.Allocated != 2000 {
		t.Errorf("main.orders has %+v", u)
	}
}

func TestWhatIsNoHeapProfileIsAnError(t *testing.T) {
	cpu := anotherProgram(nil)
	cpu.SampleType = []*profile.ValueType{{Type: "samples"}, {Type: "cpu"}}
	cpu.Sample[0].Value = []int64{1, 2}
	whole := encoded(t, anotherProgram(nil))
	var bomb bytes.Buffer
	zip := gzip.NewWriter(&bomb)
	field := pprofwire.AppendBytes(nil, pprofwire.ProfileStringTable, make([]byte, 8<<20))
	for range 1 + pprofwire.MaxPlain/(8<<20) {
		if _, err := zip.Write(field); err != nil {
			t.Fatal(err)
		}
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		profile []byte
		want    string
	}{
		"a CPU profile":        {encoded(t, cpu), "want alloc_space and inuse_space"},
		"half of one":          {whole[:len(whole)/2], "EOF"},
		"a web page":           {[]byte("<html>log in</html>"), "field"},
		"what never ends":      {bomb.Bytes(), "more than is read"},
		"gzip of nothing else": {[]byte{0x1f, 0x8b, 1, 2, 3}, ""},
	} {
		_, err := Parse(test.profile, appframe.NewOutside())
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, test.want)
		}
	}
}
