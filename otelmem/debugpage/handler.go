package debugpage

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem"
)

// Handler serves the pages of mem. Mount it at any path that ends in a slash, as
// it is or below [http.StripPrefix]. Where mem is off, or nil, the pages say so.
// An invalid option is left out, and the pages say so. It is safe for
// concurrent use.
func Handler(mem *otelmem.Diagnostics, opts ...Option) http.Handler {
	return HandlerFrom(SourceOf(mem), opts...)
}

type handler struct {
	config
	source   Source
	latest   latest
	streams  streams
	dumpRate rateLimit
	reading  turns
}

// programName is found out once: pages are shown again and again.
var programName = sync.OnceValue(func() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Path != "" && info.Path != "command-line-arguments" {
		return lastName(info.Path)
	}
	return filepath.Base(os.Args[0])
})

// lastName is the last element of an import path that is no version.
func lastName(importPath string) string {
	if parent, version := path.Split(importPath); parent != "" && textfmt.IsVersion(version) {
		return path.Base(parent)
	}
	return path.Base(importPath)
}

// program is the name of what the pages are of.
func (h *handler) program() string {
	return cmp.Or(h.source.Program, h.latest.service(), programName())
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	if err := h.checkHost(r); err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	if r.URL.Path == "" && addSlash(w, r) {
		return
	}
	to := parseRoute(r.URL.Path)
	methods := []string{http.MethodGet, http.MethodHead}
	if to.page == pageDumps || to.page == pageEnable {
		methods = append(methods, http.MethodPost)
	}
	if !slices.Contains(methods, r.Method) {
		w.Header().Set("Allow", strings.Join(methods, ", "))
		h.fail(w, r, http.StatusMethodNotAllowed, r.Method+" is not for this page: it reads.")
		return
	}
	switch to.page {
	case pageStyle, pageScript:
		serveAsset(w, r, to.page)
		return
	case "":
		http.Error(w, "There is no such page here.", http.StatusNotFound) // how deep it lies is not known, so it has no links
		return
	}
	if to.page == pageEnable {
		h.enable(w, r)
		return
	}
	if h.source.unavailable() != nil {
		h.off(w, r, to)
		return
	}
	if !h.source.has(to.page) {
		h.fail(w, r, http.StatusNotFound, "There is no such page of this program.")
		return
	}
	switch to.page {
	case pageNow:
		h.now(w, r)
	case pageOperations:
		h.operations(w, r)
	case pageSpans:
		h.spans(w, r)
	case pageDumps:
		h.dumps(w, r)
	case pageDump:
		h.download(w, r, to.dump)
	case pageCompare:
		h.compare(w, r)
	case pageFlame:
		h.flame(w, r, to)
	case pageEvents:
		h.events(w, r)
	default:
		h.report(w, r, to.page)
	}
}

// contentPolicy allows what the pages are made of and nothing else.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func secure(header http.Header) {
	header.Set("Content-Security-Policy", contentPolicy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cache-Control", "no-store")
}

// addSlash redirects a path without its last slash to where relative links work. What
// [http.StripPrefix] took away is still in RequestURI: the slash may be part of it.
func addSlash(w http.ResponseWriter, r *http.Request) bool {
	asked, _, _ := strings.Cut(r.RequestURI, "?")
	if asked == "" || strings.HasSuffix(asked, "/") {
		return false
	}
	w.Header().Set("Location", "./"+path.Base(asked)+"/")
	w.WriteHeader(http.StatusPermanentRedirect)
	return true
}

// fail answers with a page that says what is wrong.
func (h *handler) fail(w http.ResponseWriter, r *http.Request, status int, text string) {
	h.show(w, r, status, "message", "", http.StatusText(status), text)
}

// off says that diagnostics are off, and how to turn them on.
func (h *handler) off(w http.ResponseWriter, r *http.Request, to route) {
	switch to.page {
	case pageNow, pageOperations, pageSpans, pageDumps, pageCompare, pageReport:
		h.show(w, r, http.StatusOK, "off", to.page, "Off", newOffPage(&h.source))
	default:
		http.Error(w, h.source.unavailable().Error(), http.StatusServiceUnavailable)
	}
}

// page is what each page's template gets.
type page struct {
	Name, Title, Program string
	Root                 string // the way to the first page
	Version              string // of the assets
	Time                 time.Time
	Problems             []string
	Has                  func(page string) bool // whether the program has it
	Body                 any
}

// show renders a page whole before it sends anything.
func (h *handler) show(w http.ResponseWriter, r *http.Request, status int, template, name, title string, body any) {
	var b bytes.Buffer
	err := templates()[template].ExecuteTemplate(&b, "layout.html", page{
		Name: name, Title: title, Program: shown(h.program()), Root: root(r.URL.Path), Version: assetVersion(),
		Time: time.Now(), Problems: h.problems, Has: h.source.has, Body: body,
	})
	if err != nil {
		http.Error(w, fmt.Sprintf("page %s: %v", template, err), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // an error means that the client has gone
}

// root is the relative way from a path to the first page: pages lie beside it, flame
// graphs deeper.
func root(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if part == pageFlame && i+1 < len(parts) && dump.IsFileName(parts[i+1]) {
			return strings.Repeat("../", len(parts)-1-i)
		}
	}
	return "./"
}
