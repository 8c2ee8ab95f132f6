package watch

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
)

// pprofPath is where net/http/pprof is mounted unless somebody chose otherwise.
const pprofPath = "/debug/pprof/"

// Address is where a program's profiles are served.
type Address struct {
	url    url.URL
	socket string // the path of a Unix domain socket; "" for TCP
}

// ParseAddress reads an address: http://HOST:PORT, https://HOST:PORT or
// unix:///PATH/OF/SOCKET, with or without the path of net/http/pprof (after a colon
// where it is a socket), or HOST:PORT alone.
func ParseAddress(text string) (Address, error) {
	want := func(what string) error {
		return fmt.Errorf("%s: %s: want http://HOST:PORT, https://HOST:PORT or unix:///PATH, with or without %s", text, what, pprofPath)
	}
	if socket, ok := strings.CutPrefix(text, "unix://"); ok {
		path := ""
		if i := strings.LastIndex(socket, ":/"); i > 0 {
			socket, path = socket[:i], socket[i+1:]
		}
		if !strings.HasPrefix(socket, "/") {
			return Address{}, want("a socket's path begins with /")
		}
		return Address{url: url.URL{Scheme: "http", Host: "localhost", Path: path}, socket: socket}, nil
	}
	withScheme := text
	switch {
	case strings.HasPrefix(text, ":"):
		withScheme = "http://localhost" + text
	case !strings.Contains(text, "://"):
		withScheme = "http://" + text
	}
	u, err := url.Parse(withScheme)
	switch {
	case err != nil:
		return Address{}, want("it is no address")
	case u.Scheme != "http" && u.Scheme != "https":
		return Address{}, want("its scheme is " + u.Scheme)
	case u.Hostname() == "":
		return Address{}, want("it has no host")
	}
	u.Fragment = ""
	return Address{url: *u}, nil
}

// String is the address without a password.
func (a Address) String() string {
	if a.socket != "" {
		return "unix://" + a.socket
	}
	return a.url.Redacted()
}

// Instance tells the program from others: its host and port. What is on this machine is
// known by this machine's name, which is that of the pod in a sidecar.
func (a Address) Instance() string {
	own, err := os.Hostname()
	local := err == nil && own != "" && a.isHere()
	_, port := a.hostPort()
	switch {
	case a.socket != "" && local:
		return own + ":" + a.socket
	case a.socket != "":
		return a.socket
	case local:
		return own + ":" + port
	}
	return a.url.Host
}

// hostPort is where it listens; "" where that is a socket.
func (a Address) hostPort() (host, port string) {
	if a.socket != "" {
		return "", ""
	}
	port = a.url.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[a.url.Scheme]
	}
	return a.url.Hostname(), port
}

// bases are the paths below which the profiles may be, the likeliest first.
func (a Address) bases() []string {
	path := a.url.Path
	for _, profile := range []string{profileHeap, profileGoroutine, "allocs"} {
		path = strings.TrimSuffix(path, "/"+profile)
	}
	if path = strings.TrimSuffix(path, "/"); path == "" {
		return []string{pprofPath}
	}
	if strings.HasSuffix(path, strings.TrimSuffix(pprofPath, "/")) {
		return []string{path + "/"}
	}
	return []string{path + "/", path + pprofPath, pprofPath}
}

// request is the URL of a profile, with the query of the address.
func (a Address) request(base, name, query string) string {
	u := a.url
	u.Path, u.RawPath = base+name, ""
	if u.RawQuery != "" && query != "" {
		query = "&" + query
	}
	u.RawQuery += query
	return u.String()
}

// isHere says whether the address is one of this machine.
func (a Address) isHere() bool {
	host, _ := a.hostPort()
	if a.socket != "" || host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	if ip == nil {
		return false
	}
	if ip.IsLoopback() || ip.IsUnspecified() {
		return true
	}
	own, _ := net.InterfaceAddrs()
	for _, addr := range own {
		if n, ok := addr.(*net.IPNet); ok && n.IP.Equal(ip) {
			return true
		}
	}
	return false
}
