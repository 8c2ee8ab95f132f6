package otelmem

import (
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// Middleware outside sees of its request what a handler inside wrote into the copy.
func TestWhoIsOutsideSeesWhatTheHandlerWrote(t *testing.T) {
	form := &multipart.Form{}
	body := io.NopCloser(strings.NewReader("another"))
	h := HandlerFor("GET /writes", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		r.Pattern, r.MultipartForm, r.Body = "GET /routed", form, body
		r.Form, r.PostForm = url.Values{"a": {"1"}}, url.Values{"b": {"2"}}
	}))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/writes", nil)
	h.ServeHTTP(httptest.NewRecorder(), r)
	if r.Pattern != "GET /routed" || r.MultipartForm != form || r.Body != body || r.Form.Get("a") != "1" || r.PostForm.Get("b") != "2" {
		t.Errorf("outside: pattern %q, form %v, post form %v, multipart %v, body %v", r.Pattern, r.Form, r.PostForm, r.MultipartForm, r.Body)
	}
}

// The caller's own form is a map that both share: nothing is to be written back.
func TestWhatTheCallerHadParsedStays(t *testing.T) {
	h := HandlerFor("GET /parsed", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		r.Form, r.PostForm = url.Values{"a": {"2"}}, url.Values{"b": {"2"}}
	}))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/parsed", nil)
	r.Form, r.PostForm = url.Values{"a": {"1"}}, url.Values{"b": {"1"}}
	h.ServeHTTP(httptest.NewRecorder(), r)
	if r.Form.Get("a") != "1" || r.PostForm.Get("b") != "1" {
		t.Errorf("outside: form %v, post form %v, want the caller's", r.Form, r.PostForm)
	}
}

// The body that a request has meanwhile, to catch trailers, is not the caller's.
func TestABodyThatIsOnlyReadIsStillTheCallers(t *testing.T) {
	body := io.NopCloser(strings.NewReader("text"))
	h := HandlerFor("POST /reads", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if text, err := io.ReadAll(r.Body); err != nil || string(text) != "text" {
			t.Errorf("read %q, %v", text, err)
		}
	}))
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "/reads", body)
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = -1
	if !mayHaveUnannouncedTrailer(r) {
		t.Fatal("this request has no trailer to catch")
	}
	if h.ServeHTTP(httptest.NewRecorder(), r); r.Body != body {
		t.Errorf("outside the body is %v", r.Body)
	}
}

// What a client makes up must not become an operation; nor must what a mux further out
// has routed be routed anew.
func TestTheMuxFurtherOutKeepsItsValues(t *testing.T) {
	inner := http.NewServeMux()
	inner.HandleFunc("/users/", func(_ http.ResponseWriter, r *http.Request) {
		if r.Pattern != "/users/" || r.PathValue("id") != "" {
			t.Errorf("pattern %q, id %q, want the inner mux's", r.Pattern, r.PathValue("id"))
		}
	})
	outer := http.NewServeMux()
	outer.HandleFunc("/users/{id}", func(w http.ResponseWriter, r *http.Request) {
		Handler(inner).ServeHTTP(w, r)
		if r.Pattern != "/users/" || r.PathValue("id") != "7" {
			t.Errorf("outside: pattern %q, id %q, want the inner mux's pattern and its own value", r.Pattern, r.PathValue("id"))
		}
	})
	outer.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/users/7", nil))
}
