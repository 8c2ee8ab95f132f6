package debugpage

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/otelmem/otelmem-go/otelmem"
)

// mount is a way to serve the page: at is where its first page is, client reaches it. An
// old browser does not say whether a form comes from the same site.
type mount struct {
	at     string
	client *http.Client
	old    bool
}

// serve starts a server, and returns where it is.
func serve(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server
}

func mux(pattern string, h http.Handler) http.Handler {
	m := http.NewServeMux()
	m.Handle(pattern, h)
	return m
}

// zippedAnswers compresses what it answers, as a middleware does.
func zippedAnswers(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		zip := gzip.NewWriter(w)
		defer zip.Close()
		h.ServeHTTP(zippedWriter{w, zip}, r)
	})
}

type zippedWriter struct {
	http.ResponseWriter
	zip io.Writer
}

func (w zippedWriter) Write(p []byte) (int, error) { return w.zip.Write(p) }
func (w zippedWriter) WriteHeader(status int) {
	w.Header().Del("Content-Length")
	w.ResponseWriter.WriteHeader(status)
}

func passwordAsked(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != "secret" {
			w.Header().Set("WWW-Authenticate", "Basic")
			http.Error(w, "who is it?", http.StatusUnauthorized)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// proxied is a proxy before target that takes prefix away.
func proxied(target, prefix string) http.Handler {
	to, _ := url.Parse(target)
	return http.StripPrefix(prefix, &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }})
}

func mounts(t *testing.T, mem *otelmem.Diagnostics, page http.Handler) map[string]mount {
	all := make(map[string]mount)
	plain := func(name, pattern, at string, h http.Handler) {
		server := serve(t, mux(pattern, h))
		all[name] = mount{at: server.URL + at, client: server.Client()}
	}
	plain("as README has it", "/debug/otelmem/", "/debug/otelmem/", page)
	plain("at the root", "/", "/", page)
	plain("at a wildcard", "/teams/{team}/memory/", "/teams/blue/memory/", page)
	plain("at /dumps/", "/dumps/", "/dumps/", page)
	plain("at /flame/", "/flame/", "/flame/", page)
	plain("stripped", "/x/", "/x/", http.StripPrefix("/x", page))
	plain("stripped with the slash", "/x/", "/x/", http.StripPrefix("/x/", page))
	plain("stripped at the root", "/", "/", http.StripPrefix("/", page))
	plain("stripped below /dumps/", "/dumps/", "/dumps/", http.StripPrefix("/dumps", page))
	plain("compressed", "/x/", "/x/", zippedAnswers(page))

	bare := http.NewServeMux()
	bare.Handle("/x", http.StripPrefix("/x", page))
	bare.Handle("/x/", http.StripPrefix("/x", page))
	server := serve(t, bare)
	all["asked for without the last slash"] = mount{at: server.URL + "/x/", client: server.Client()}

	behind := serve(t, mux("/debug/otelmem/", page))
	server = serve(t, proxied(behind.URL+"/debug/otelmem", "/ops/shop"))
	all["behind a proxy"] = mount{at: server.URL + "/ops/shop/", client: server.Client()}

	// The proxy changes the request's Host, so that an old browser's form looks like another site's.
	server = httptest.NewUnstartedServer(nil)
	origin := "http://" + server.Listener.Addr().String()
	behind = serve(t, mux("/debug/otelmem/", Handler(mem, WithTrustedOrigins(origin))))
	server.Config.Handler = proxied(behind.URL+"/debug/otelmem", "/ops/shop")
	server.Start()
	t.Cleanup(server.Close)
	all["behind a proxy, with an old browser"] = mount{at: origin + "/ops/shop/", client: server.Client(), old: true}

	server = serve(t, mux("/x/", page))
	all["HTTP/1.0"] = mount{at: server.URL + "/x/", client: &http.Client{Transport: http10{}}, old: true}

	server = serve(t, passwordAsked(page))
	all["behind a password"] = mount{at: strings.Replace(server.URL, "://", "://me:secret@", 1) + "/", client: server.Client()}

	server = httptest.NewUnstartedServer(mux("/x/", page))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	all["HTTP/2"] = mount{at: server.URL + "/x/", client: server.Client()}

	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	unix := &http.Server{Handler: mux("/x/", page)}
	go func() { _ = unix.Serve(listener) }()
	t.Cleanup(func() { _ = unix.Close() })
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	transport := &http.Transport{DialContext: dial}
	t.Cleanup(transport.CloseIdleConnections)
	all["unix socket"] = mount{at: "http://shop/x/", client: &http.Client{Transport: transport}}
	return all
}

var linked = regexp.MustCompile(`(?:href|src|action)="([^"#][^"]*)"`)

// However it is mounted, every link of every page leads somewhere, and the button works.
func TestItCanBeMountedAnywhere(t *testing.T) {
	mem := diagnostics(t)
	first, last := twoDumps(t, mem)
	h := Handler(mem).(*handler)
	for name, m := range mounts(t, mem, h) {
		t.Run(name, func(t *testing.T) {
			seen := make(map[string]bool)
			for _, path := range append(pages, compareURL(first, last, "line"), "flame/"+last+"/"+first+"/ui/flamegraph", "dumps/"+last) {
				checkLinks(t, m, m.at+path, seen)
			}
			h.dumpRate.last = h.dumpRate.last.Add(-h.dumpInterval) // it is asked for often here
			r := formOf(t, m)
			resp, err := m.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if resp.StatusCode != http.StatusOK || !strings.Contains(string(body), "just now") {
				t.Errorf("dump now: status %d at %s", resp.StatusCode, resp.Request.URL)
			}
		})
	}
}

// formOf is the form of the button, as a browser sends it.
func formOf(t *testing.T, m mount) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, m.at+"dumps", strings.NewReader("reason=mounted"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", r.URL.Scheme+"://"+r.URL.Host)
	if !m.old {
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return r
}

// http10 speaks as old clients do, and checks of load balancers: a connection a request.
type http10 struct{}

func (http10) RoundTrip(r *http.Request) (*http.Response, error) {
	conn, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", r.URL.Host)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	var asked bytes.Buffer
	if err := r.Write(&asked); err != nil {
		return nil, err
	}
	if _, err := conn.Write(bytes.Replace(asked.Bytes(), []byte(" HTTP/1.1\r\n"), []byte(" HTTP/1.0\r\n"), 1)); err != nil {
		return nil, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, err
}

// checkLinks gets a page, and what it links to once.
func checkLinks(t *testing.T, m mount, page string, seen map[string]bool) {
	t.Helper()
	body := text(t, m, page)
	at, err := url.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range linked.FindAllStringSubmatch(body, -1) {
		to, err := at.Parse(strings.ReplaceAll(link[1], "&amp;", "&"))
		if err != nil {
			t.Errorf("%s links to %q: %v", page, link[1], err)
			continue
		}
		if to.Scheme == "data" || to.RawQuery != "" && seen[to.Path] || seen[to.String()] || strings.HasSuffix(to.String(), "/compare") {
			continue
		}
		seen[to.String()], seen[to.Path] = true, true
		text(t, m, to.String())
	}
}

func text(t *testing.T, m mount, address string) string {
	t.Helper()
	resp, err := m.client.Get(address)
	if err != nil {
		t.Errorf("%s: %v", address, err)
		return ""
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || len(body) == 0 {
		t.Errorf("%s: status %d, %d bytes, %v", address, resp.StatusCode, len(body), err)
	}
	return string(body)
}

func TestAPathWithoutItsLastSlashIsRedirected(t *testing.T) {
	h := mux("/bare", http.StripPrefix("/bare", HandlerFrom(elsewhere())))
	a := ask(h, httptest.NewRequest(http.MethodGet, "http://localhost/bare?x=//evil.example", nil))
	if got := a.header.Get("Location"); a.status != http.StatusPermanentRedirect {
		t.Errorf("%d to %q, want a redirect", a.status, got)
	}
	r := httptest.NewRequest(http.MethodGet, "http://localhost/bare?x=//evil.example", nil)
	r.RequestURI = "/bare?x=//evil.example" // as a server has it
	if a := ask(h, r); a.header.Get("Location") != "./bare/" {
		t.Errorf("to %q, want ./bare/", a.header.Get("Location"))
	}
}

// A proxy that changes the request's Host makes the page's own button look like another
// site's.
func TestATrustedOriginMayPressTheButton(t *testing.T) {
	for want, h := range map[int]http.Handler{
		http.StatusForbidden: Handler(diagnostics(t)),
		http.StatusSeeOther:  Handler(diagnostics(t), WithTrustedOrigins("https://ops.example")),
	} {
		a := ask(h, post("x", func(r *http.Request) {
			r.Header.Set("Origin", "https://ops.example")
			r.Header.Del("Sec-Fetch-Site")
		}))
		if a.status != want {
			t.Errorf("status %d, want %d", a.status, want)
		}
		if want == http.StatusForbidden && !strings.Contains(a.body, "WithTrustedOrigins") {
			t.Error("the page does not say what to set")
		}
	}
}
