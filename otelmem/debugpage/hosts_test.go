package debugpage

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestOnlyKnownHostsAreServed(t *testing.T) {
	own := &net.TCPAddr{IP: net.IPv4(10, 1, 2, 3), Port: 6060}
	own6 := &net.TCPAddr{IP: net.ParseIP("fd00::5"), Port: 6060}
	mapped := &net.TCPAddr{IP: net.ParseIP("::ffff:10.1.2.3"), Port: 6060}
	for _, c := range []struct {
		host    string
		local   net.Addr
		options []string
		served  bool
	}{
		{"localhost:6060", own, nil, true},
		{"LOCALHOST", nil, nil, true},
		{"shop.localhost:80", nil, nil, true},
		{"127.0.0.1:9999", own, nil, true},
		{"[::1]:6060", nil, nil, true},
		{"10.1.2.3:6060", own, nil, true},
		{"10.1.2.3", mapped, nil, true},
		{"[fd00::5]:6060", own6, nil, true},
		{"", own, nil, true},
		{"evil.example", &net.UnixAddr{Name: "/run/shop.sock", Net: "unix"}, nil, true},
		{"shop.internal:6060", own, []string{"shop.internal"}, true},
		{"Shop.Internal.", own, []string{"SHOP.internal:6060"}, true},
		{"[fd00::9]", own, []string{"fd00::9"}, true},

		{"evil.example", own, nil, false},
		{"evil.example:6060", nil, nil, false},
		{"10.1.2.4:6060", own, nil, false},
		{"10.1.2.3:6060", nil, nil, false},
		{"localhost.evil.example", own, nil, false},
		{"notlocalhost", own, nil, false},
		{"127.0.0.1.evil.example", own, nil, false},
		{"evil.example", own, []string{"", "shop.internal"}, false},
	} {
		h := HandlerFrom(elsewhere(), WithHosts(c.options...))
		for _, path := range []string{"/", "/operations", "/report.json", "/events?", "/page.css", "/dumps/x"} {
			r := httptest.NewRequest(http.MethodHead, path, nil)
			r.Host = c.host
			if c.local != nil {
				r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, c.local))
			}
			a := ask(h, r)
			if served := a.status != http.StatusForbidden; served != c.served {
				t.Errorf("%s of host %q at %v: status %d", path, c.host, c.local, a.status)
			}
			if !c.served && !strings.Contains(a.body, "debugpage.WithHosts(") {
				t.Errorf("host %q: %q does not say what to set", c.host, a.body)
			}
		}
	}
}

func TestAHostThatIsNoneIsLeftOutVisibly(t *testing.T) {
	if body := get(t, HandlerFrom(elsewhere(), WithHosts("http://shop/", "*")), "").body; !strings.Contains(body, "WithHosts(&#34;http://shop/&#34;)") || !strings.Contains(body, "WithHosts(&#34;*&#34;)") {
		t.Error("the page does not say which hosts are none")
	}
	if body := get(t, HandlerFrom(elsewhere(), WithTrustedOrigins("ops.example", "")), "").body; !strings.Contains(body, "WithTrustedOrigins(&#34;ops.example&#34;)") {
		t.Error("the page does not say which origin is none")
	}
}

// A name of somebody else's that was made to lead here reads nothing.
func TestARealServerRefusesRebinding(t *testing.T) {
	server := httptest.NewServer(HandlerFrom(elsewhere()))
	defer server.Close()
	for host, want := range map[string]int{"": http.StatusOK, "evil.example": http.StatusForbidden} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/report.json", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		resp, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("host %q: status %d, want %d", host, resp.StatusCode, want)
		}
	}
}
