package watch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/internal/pprofwire"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

const (
	// answerWait is how long a target may take for one answer. A heap profile of 100,000
	// stacks takes less than a second.
	answerWait = 30 * time.Second
	// maxAnswer is the most that an answer may have, in bytes, as it is sent. A heap
	// profile of 100,000 stacks has some 5 MiB.
	maxAnswer = 64 << 20
	// maxRedirects bounds the redirects within a host.
	maxRedirects = 3
)

// Access is how a target is reached.
type Access struct {
	Header   http.Header
	CAFile   string // PEM; empty for the system's
	CertFile string // PEM of a client certificate; empty for none
	KeyFile  string // PEM of its key; empty where it is in CertFile
	Insecure bool   // any certificate will do
}

// client makes a client for an address.
func (a *Access) client(address Address) (*http.Client, error) {
	config := &tls.Config{InsecureSkipVerify: a.Insecure} //nolint:gosec // --insecure asks for it
	if a.CAFile != "" {
		pem, err := os.ReadFile(a.CAFile)
		if err != nil {
			return nil, fmt.Errorf("--ca: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--ca %s: it has no certificate: want a file in PEM", a.CAFile)
		}
	}
	if a.CertFile != "" {
		key := a.KeyFile
		if key == "" {
			key = a.CertFile
		}
		cert, err := tls.LoadX509KeyPair(a.CertFile, key)
		if err != nil {
			return nil, fmt.Errorf("--cert %s: %w: want a certificate in PEM, and its key in the same file or in --key", a.CertFile, err)
		}
		config.Certificates = []tls.Certificate{cert}
	}
	dialer := &net.Dialer{Timeout: answerWait / 3}
	dial := dialer.DialContext
	if address.socket != "" {
		dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", address.socket)
		}
	}
	return &http.Client{
		Transport: &http.Transport{
			DialContext:           dial,
			Proxy:                 http.ProxyFromEnvironment,
			TLSClientConfig:       config,
			TLSHandshakeTimeout:   answerWait / 3,
			DisableCompression:    true, // profiles are compressed already
			MaxIdleConns:          1,
			IdleConnTimeout:       time.Minute,
			ResponseHeaderTimeout: answerWait,
			ForceAttemptHTTP2:     true,
		},
		CheckRedirect: sameHost,
	}, nil
}

// sameHost follows redirects within a host alone: others would get the headers, and be
// judged in the target's place.
func sameHost(to *http.Request, via []*http.Request) error {
	switch from := via[0]; {
	case to.URL.Host != from.URL.Host, to.URL.Scheme != from.URL.Scheme:
		return http.ErrUseLastResponse
	case len(via) > maxRedirects:
		return fmt.Errorf("more than %d redirects", maxRedirects)
	}
	return nil
}

// answer is what a target said.
type answer struct {
	body []byte
	took time.Duration // from the request to the last byte
}

// statusError is an answer that is no success.
type statusError struct {
	code int
	text string
}

func (e *statusError) Error() string { return e.text }

// get asks for one of a target's answers. Whatever comes is an error in one line, or
// an answer within the bounds.
func get(ctx context.Context, client *http.Client, header http.Header, url string) (answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, answerWait, fmt.Errorf("no answer within %v: it hangs, or it is overloaded", answerWait))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return answer{}, err
	}
	for name, values := range header {
		req.Header[name] = values
		if name == "Host" && len(values) > 0 {
			req.Host = values[0]
		}
	}
	began := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		return answer{took: time.Since(began)}, plain(ctx, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	got := answer{body: body, took: time.Since(began)}
	switch {
	case resp.StatusCode != http.StatusOK:
		return got, &statusError{resp.StatusCode, describeStatus(resp, body)}
	case err != nil:
		return got, fmt.Errorf("its answer broke off after %s: %w", textfmt.Size(int64(len(body))), plain(ctx, err))
	case len(body) > maxAnswer:
		return got, fmt.Errorf("it answers with more than %s, which no profile has that can be judged", textfmt.Size(maxAnswer))
	}
	return got, nil
}

// plain leaves out of an error what the reader knows: the method and the address.
func plain(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && ctx.Err() != nil {
		return cause
	}
	if of, ok := errors.AsType[*net.OpError](err); ok {
		return of
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}

// describeStatus says what an answer that is no success means.
func describeStatus(resp *http.Response, body []byte) string {
	switch code := resp.StatusCode; {
	case code >= 300 && code < 400:
		return fmt.Sprintf("it redirects to %s, which was not followed: give that address if you trust it", textfmt.Printable(redirectedTo(resp)))
	case code == http.StatusUnauthorized, code == http.StatusForbidden, code == http.StatusProxyAuthRequired:
		return fmt.Sprintf("it answers %s%s: give --header 'Authorization: ...' or --cert", resp.Status, firstLine(resp, body))
	case code == http.StatusNotFound:
		return fmt.Sprintf("it answers %s: there is no net/http/pprof at that path", resp.Status)
	default:
		return fmt.Sprintf("it answers %s%s", textfmt.Printable(resp.Status), firstLine(resp, body))
	}
}

func redirectedTo(resp *http.Response) string {
	to, err := resp.Location()
	if err != nil {
		return "nowhere"
	}
	return to.Redacted()
}

// firstLine is the first line of an answer in plain text.
func firstLine(resp *http.Response, body []byte) string {
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/plain") {
		return ""
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(body[:min(len(body), 200)])), "\n")
	if line == "" {
		return ""
	}
	return " (" + textfmt.Printable(line) + ")"
}

// profileError says why an answer is no profile; nil where it may be one.
func profileError(body []byte) error {
	text := strings.TrimSpace(string(body[:min(len(body), 200)]))
	switch {
	case pprofwire.IsZipped(body):
		return nil
	case len(text) == 0:
		return errors.New("its answer is empty: profiles may be turned off there")
	case strings.HasPrefix(text, "<"):
		return errors.New("it answers with a web page, not with a profile: is there a login, or a proxy, before it?")
	}
	line, _, _ := strings.Cut(text, "\n")
	return fmt.Errorf("its answer is no profile: it begins with %q", textfmt.Printable(line[:min(len(line), 60)]))
}
