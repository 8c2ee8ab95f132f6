package debugpage

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func dumpNames(t *testing.T, h http.Handler) (names []string) {
	t.Helper()
	body := get(t, h, "dumps").body
	for _, part := range strings.Split(body, `<tr id="`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		names = append(names, name)
	}
	return names
}

func TestDumpNowWritesOneAndShowsIt(t *testing.T) {
	h := Handler(diagnostics(t))
	a := ask(h, post("after+the+import"))
	written, _ := url.Parse(a.header.Get("Location"))
	if a.status != http.StatusSeeOther || written == nil || written.Path != "" {
		t.Fatalf("status %d to %q, want back to the list", a.status, a.header.Get("Location"))
	}
	body := get(t, h, "dumps"+written.String()).body
	for _, want := range []string{"after the import", "just now", written.Query().Get("written")} {
		if !strings.Contains(body, want) {
			t.Errorf("the list has no %q", want)
		}
	}
}

func TestDumpNowRefuses(t *testing.T) {
	h := Handler(diagnostics(t))
	for name, change := range map[string]func(*http.Request){
		"another site":             func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"another host of the site": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		"a sandboxed page": func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Origin", "null")
		},
		"an old browser, another site": func(r *http.Request) {
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set("Origin", "http://evil.example")
		},
	} {
		a := ask(h, post("x", change))
		if a.status != http.StatusForbidden || !strings.Contains(a.body, "came from another site") {
			t.Errorf("%s: status %d, want it refused", name, a.status)
		}
	}
	if a := ask(h, post(strings.Repeat("x", maxForm))); a.status != http.StatusBadRequest {
		t.Errorf("a form without end: status %d", a.status)
	}
	if names := dumpNames(t, h); len(names) != 0 {
		t.Errorf("dumps %v were written", names)
	}
}

func TestDumpNowIsLimited(t *testing.T) {
	h := Handler(diagnostics(t))
	if a := ask(h, post("one")); a.status != http.StatusSeeOther {
		t.Fatalf("the first: status %d: %s", a.status, a.body)
	}
	a := ask(h, post("two"))
	if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" || !strings.Contains(a.body, "Try again in") {
		t.Errorf("the second: status %d, Retry-After %q", a.status, a.header.Get("Retry-After"))
	}
	if names := dumpNames(t, h); len(names) != 1 {
		t.Errorf("dumps %v, want one", names)
	}
}

func TestGateLetsOneIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := rateLimit{interval: 10 * time.Second}
		if wait, busy := g.enter(time.Now()); wait != 0 || busy {
			t.Fatalf("the first must wait %v, busy %v", wait, busy)
		}
		if _, busy := g.enter(time.Now()); !busy {
			t.Error("two are inside")
		}
		time.Sleep(time.Minute)
		if _, busy := g.enter(time.Now()); !busy {
			t.Error("two are inside, a minute later")
		}
		g.leave()
		if wait, busy := g.enter(time.Now()); wait != 0 || busy {
			t.Errorf("the next must wait %v, busy %v", wait, busy)
		}
		g.leave()
		time.Sleep(4 * time.Second)
		if wait, _ := g.enter(time.Now()); wait != 6*time.Second {
			t.Errorf("after 4 s the next must wait %v, want 6s", wait)
		}
	})
}

func TestDownloadsGoByIdentity(t *testing.T) {
	mem := diagnostics(t)
	h := Handler(mem)
	file, err := mem.Dump(t.Context(), "manual")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file.Path, file.MetadataPath} {
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		a := get(t, h, "dumps/"+filepath.Base(path))
		if a.status != http.StatusOK || a.body != string(want) {
			t.Errorf("%s: status %d, %d bytes, want %d", path, a.status, len(a.body), len(want))
		}
		if got := a.header.Get("Content-Disposition"); got != fmt.Sprintf("attachment; filename=%q", filepath.Base(path)) {
			t.Errorf("Content-Disposition %q", got)
		}
	}
	secret := filepath.Join(filepath.Dir(file.Path), "secret.txt")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"secret.txt", "..%2Fsecret.txt", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "....//etc/passwd", url.PathEscape(file.Path), url.PathEscape(secret),
		"heapdump_manual_2026-01-01T00-00-00-000Z.pb.gz", "heapdump_..%2f..%2fetc%2fpasswd.json", filepath.Base(file.Path) + "%00",
	} {
		a := get(t, h, "dumps/"+name)
		if a.status != http.StatusNotFound || strings.Contains(a.body, "secret\n") || strings.Contains(a.body, "root:") {
			t.Errorf("%s: status %d, want not found", name, a.status)
		}
	}
}

// What takes a dump's place is not served.
func TestDownloadFollowsNoLink(t *testing.T) {
	mem := diagnostics(t)
	h := Handler(mem)
	file, err := mem.Dump(t.Context(), "manual")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Base(file.Path)
	if a := get(t, h, "dumps/"+name); a.status != http.StatusOK { // it is listed now
		t.Fatalf("status %d", a.status)
	}
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file.Path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, file.Path); err != nil {
		t.Skip(err)
	}
	if a := get(t, h, "dumps/"+name); a.status == http.StatusOK || strings.Contains(a.body, "secret") && !strings.Contains(a.body, "cannot be read") {
		t.Errorf("status %d: a link was followed", a.status)
	}
}
