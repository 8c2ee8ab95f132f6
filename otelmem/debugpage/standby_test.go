package debugpage

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/otelmem/otelmem-go/otelmem"
)

func TestDiagnosticsInStandbyAreTurnedOnFromTheirPageOnly(t *testing.T) {
	mem, err := otelmem.New(otelmem.WithStandby(), otelmem.WithDumpDir(t.TempDir()), otelmem.WithLogFile("none"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = mem.Shutdown(context.Background()) }()
	if err := mem.Start(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	page := Handler(mem)
	ask := func(method, path, origin string) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), method, "http://localhost"+path, nil)
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		page.ServeHTTP(w, r)
		return w
	}
	if w := ask(http.MethodGet, "/", ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Turn diagnostics on") {
		t.Errorf("the page in standby has status %d and no button", w.Code)
	}
	if w := ask(http.MethodGet, "/enable", ""); w.Code != http.StatusMethodNotAllowed || mem.Enabled() {
		t.Errorf("a GET of enable: status %d, enabled %t", w.Code, mem.Enabled())
	}
	if w := ask(http.MethodPost, "/enable", "http://evil.example"); w.Code != http.StatusForbidden || mem.Enabled() {
		t.Errorf("a POST from another site: status %d, enabled %t", w.Code, mem.Enabled())
	}
	if w := ask(http.MethodPost, "/enable", "http://localhost"); w.Code != http.StatusSeeOther || !mem.Enabled() {
		t.Errorf("the button: status %d, enabled %t", w.Code, mem.Enabled())
	}
	if w := ask(http.MethodGet, "/", ""); !strings.Contains(w.Body.String(), "What holds most") {
		t.Error("after that, the first page is not there")
	}
}
