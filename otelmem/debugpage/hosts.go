package debugpage

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// WithHosts adds names and addresses by which browsers may ask for the page: what stands
// in their address bar, without the port. By default they are localhost, loopback
// addresses, and the address that the listener has: a page on another site, whose name
// was made to lead here (DNS rebinding), could read everything. Behind a proxy that
// hands on the browser's Host, give the proxy's name.
func WithHosts(hosts ...string) Option {
	return optionFunc(func(c *config) {
		for _, host := range hosts {
			if host == "" {
				continue
			}
			name := hostOf(host)
			if name == "" || strings.ContainsAny(host, "/*@ ") {
				c.problems = append(c.problems, fmt.Sprintf("WithHosts(%q): want a name or an address, like shop.internal", shown(host)))
				continue
			}
			c.hosts = append(c.hosts, name)
		}
	})
}

// WithTrustedOrigins adds origins, such as https://ops.example, whose pages may press the
// buttons of this one: that of a proxy which changes the request's Host. By default only
// the page itself may.
func WithTrustedOrigins(origins ...string) Option {
	return optionFunc(func(c *config) {
		for _, origin := range origins {
			if origin == "" {
				continue
			}
			if err := c.origins.AddTrustedOrigin(origin); err != nil {
				c.problems = append(c.problems, shown(fmt.Sprintf("WithTrustedOrigins(%q): want a scheme and a host, like https://ops.example: %v", origin, err)))
			}
		}
	})
}

// originHint says what to do where the button was on this page.
const originHint = "Where a proxy changes the request's Host, give debugpage.Handler the option debugpage.WithTrustedOrigins(\"https://the.proxy\")."

// hostOf is a host in lower case, without port, brackets and the root's dot.
func hostOf(hostport string) string {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// checkHost fails where a request asks for a host that this is not. Who asks without a
// Host is no browser, and a unix socket is reached by none.
func (c *config) checkHost(r *http.Request) error {
	host := hostOf(r.Host)
	if host == "" || host == "localhost" || strings.HasSuffix(host, ".localhost") || slices.Contains(c.hosts, host) {
		return nil
	}
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if local != nil && local.Network() == "unix" {
		return nil
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		addr = addr.Unmap().WithZone("")
		if addr.IsLoopback() || addr == addressOf(local) {
			return nil
		}
	}
	return fmt.Errorf("memory diagnostics are not served at %q: if that is a name of this server, give debugpage.Handler the option debugpage.WithHosts(%q)",
		textfmt.Printable(clip(r.Host, 100)), textfmt.Printable(clip(host, 100)))
}

// addressOf is the address of a listener's connection; invalid where it has none.
func addressOf(a net.Addr) netip.Addr {
	if a == nil {
		return netip.Addr{}
	}
	own, _ := netip.ParseAddrPort(a.String())
	return own.Addr().Unmap().WithZone("")
}
