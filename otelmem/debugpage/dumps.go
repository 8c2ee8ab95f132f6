package debugpage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/dump"
)

// dumpRow is a row of the table of dumps.
type dumpRow struct {
	dump.Entry
	Name, SideName string
	Reason         string
	Ours           bool // written by this process
	Fresh          bool // written just now, from this page
	Base, Current  bool // chosen for the comparison
}

type dumpsPage struct {
	Rows    []dumpRow // the newest first
	Compare bool      // there are two
	Alert   string    // why no dump was written
	CanDump bool      // there is a button for it
	Every   time.Duration
}

func (h *handler) dumps(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		h.dumpNow(w, r)
		return
	}
	h.listDumps(w, r, http.StatusOK, "")
}

func (h *handler) listDumps(w http.ResponseWriter, r *http.Request, status int, alert string) {
	v, err := h.latest.look()
	if err = errors.Join(err, v.listErr); err != nil {
		h.fail(w, r, http.StatusInternalServerError, err.Error())
		return
	}
	entries := v.entries
	body := dumpsPage{Compare: len(entries) >= 2, Alert: alert, Every: h.dumpInterval, CanDump: h.source.Dump != nil}
	base, current, ok := h.latest.firstAndLast(v)
	if !ok && len(entries) >= 2 {
		base, current = nameOf(&entries[len(entries)-2]), nameOf(&entries[len(entries)-1])
	}
	written := r.URL.Query().Get("written")
	for i := range entries {
		e := &entries[i]
		name := nameOf(e)
		body.Rows = append(body.Rows, dumpRow{
			Entry: *e, Name: name, SideName: filepath.Base(e.MetadataPath), Reason: reasonOf(e), Ours: h.source.wrote(e, v.report),
			Fresh: name == written, Base: name == base, Current: name == current,
		})
	}
	slices.Reverse(body.Rows)
	h.show(w, r, status, "dumps", pageDumps, "Dumps", body)
}

// reasonOf says in words why a dump was written.
func reasonOf(e *dump.Entry) string {
	switch e.Metadata.Reason {
	case dump.ReasonThreshold:
		return "crossed " + shown(e.Metadata.ThresholdText)
	case dump.ReasonPredicted:
		return "limit foreseen"
	case dump.ReasonManual:
		return "on demand"
	default:
		return shown(e.Metadata.Reason)
	}
}

var errNoDump = errors.New("there is none of that name; it may have been deleted to make room for newer ones")

// find returns the dump that has a file of this name, of those that are listed: a
// name never becomes a path.
func (h *handler) find(name string) (dump.Entry, error) {
	v, err := h.latest.look()
	if err = errors.Join(err, v.listErr); err != nil {
		return dump.Entry{}, err
	}
	for _, e := range v.entries {
		if name == filepath.Base(e.Path) || name == filepath.Base(e.MetadataPath) {
			return e, nil
		}
	}
	return dump.Entry{}, fmt.Errorf("heap profile %q: %w", shown(name), errNoDump)
}

// download serves a dump's file, or its metadata file.
func (h *handler) download(w http.ResponseWriter, r *http.Request, name string) {
	entry, err := h.find(name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	path, kind := entry.Path, "application/octet-stream"
	if name == filepath.Base(entry.MetadataPath) {
		path, kind = entry.MetadataPath, "application/json"
	}
	// A link that took the file's place since it was listed leads nowhere.
	file, err := os.OpenInRoot(filepath.Split(path))
	if err != nil {
		http.Error(w, fmt.Sprintf("heap profile %s cannot be read: %v", name, err), http.StatusNotFound)
		return
	}
	defer file.Close()
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	http.ServeContent(w, r, "", entry.Metadata.Time, file)
}

const (
	// maxForm bounds what a form may send, in bytes.
	maxForm = 4 << 10
	// maxReason bounds the reason that a person gives, in characters.
	maxReason = 80
	// dumpPatience is how long to wait for a dump that is being written.
	dumpPatience = 30 * time.Second
)

// dumpNow writes a heap profile.
func (h *handler) dumpNow(w http.ResponseWriter, r *http.Request) {
	refuse := func(status int, text string) { h.listDumps(w, r, status, text) }
	if h.source.Dump == nil {
		refuse(http.StatusConflict, "No heap profile was written: this page cannot have one written, because the program is another one.")
		return
	}
	if err := h.origins.Check(r); err != nil {
		refuse(http.StatusForbidden, "No heap profile was written: the request came from another site. Use the button on this page. "+originHint)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		refuse(http.StatusBadRequest, "No heap profile was written: the form cannot be read: "+err.Error())
		return
	}
	if wait, busy := h.dumpRate.enter(time.Now()); wait > 0 || busy {
		text := "No heap profile was written: another one is being written from this page. Reload in a moment."
		if !busy {
			seconds := int(wait.Seconds()) + 1
			w.Header().Set("Retry-After", fmt.Sprint(seconds))
			text = fmt.Sprintf("No heap profile was written: the last one is less than %s old. Try again in %d s.", duration(h.dumpInterval), seconds)
		}
		refuse(http.StatusTooManyRequests, text)
		return
	}
	defer h.dumpRate.leave()
	ctx, cancel := context.WithTimeout(r.Context(), dumpPatience)
	defer cancel()
	file, err := h.source.Dump(ctx, reasonGiven(r.PostForm.Get("reason")))
	h.latest.forget()
	if err != nil {
		refuse(http.StatusServiceUnavailable, "No heap profile was written: "+shown(err.Error()))
		return
	}
	w.Header().Set("Location", "?"+url.Values{"written": {filepath.Base(file.Path)}}.Encode())
	w.WriteHeader(http.StatusSeeOther)
}

func reasonGiven(text string) string {
	runes := []rune(strings.TrimSpace(text))
	if len(runes) == 0 {
		return "debug page"
	}
	return string(runes[:min(len(runes), maxReason)])
}
