package main

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/otelmem/debugpage"
	"github.com/otelmem/otelmem-go/otelmem/internal/watch"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// servePage serves the debug pages of what is watched, where --page asks for it, until
// stop is called.
func (w *watching) servePage() (stop func(), err error) {
	if w.page == "" {
		return func() {}, nil
	}
	listener, err := net.Listen("tcp", w.page)
	if err != nil {
		return nil, fmt.Errorf("--page %s: %w: want HOST:PORT, as 127.0.0.1:6071", w.page, err)
	}
	folder, err := w.pageFolder()
	if err != nil {
		_ = listener.Close()
		return nil, err
	}
	server := &http.Server{Handler: w.pages(), ReadHeaderTimeout: 10 * time.Second}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener)
	}()
	fmt.Fprintf(w.err, "otelmem: the page is at http://%s/\n", listener.Addr())
	return func() {
		// Pages that follow what happens never end by themselves.
		_ = server.Close()
		<-served
		if folder != "" {
			_ = os.RemoveAll(folder)
		}
	}, nil
}

// pageFolder keeps profiles for the page where no --out keeps them. It returns the
// folder to be removed; "" for none.
func (w *watching) pageFolder() (folder string, err error) {
	if w.watchSettings.out != "" {
		return "", nil
	}
	if folder, err = os.MkdirTemp("", "otelmem-watch-"); err != nil {
		return "", fmt.Errorf("--page %s: make a folder for profiles: %w", w.page, err)
	}
	for _, p := range w.programs {
		p.keeper, p.keptIn = watch.NewKeeper(folder), folder
	}
	return folder, nil
}

// pages are the debug page of the only program, or those of several below a list.
func (w *watching) pages() http.Handler {
	if len(w.programs) == 1 {
		return debugpage.HandlerFrom(w.programs[0].source())
	}
	mux := http.NewServeMux()
	for i, p := range w.programs {
		prefix := fmt.Sprintf("/%d", i+1)
		mux.Handle(prefix+"/", http.StripPrefix(prefix, debugpage.HandlerFrom(p.source())))
	}
	mux.HandleFunc("GET /{$}", func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Type", "text/html; charset=utf-8")
		out.Header().Set("Content-Security-Policy", "default-src 'none'")
		fmt.Fprint(out, "<!doctype html><title>otelmem watch</title><h1>otelmem watch</h1><ul>")
		for i, p := range w.programs {
			fmt.Fprintf(out, "<li><a href=\"/%d/\">%s</a>: %s", i+1, html.EscapeString(p.String()), html.EscapeString(p.Report().Headline.First()))
		}
		fmt.Fprint(out, "</ul>")
	})
	return mux
}

// source is where its page gets what it shows.
func (p *watched) source() debugpage.Source {
	return debugpage.Source{
		Program: p.String(),
		Report: func(context.Context) (*report.Report, error) {
			if n, _ := p.Readings(); n == 0 {
				if _, why := p.Answer(); why != "" {
					return nil, errors.New(why)
				}
			}
			return p.Report(), nil
		},
		History: p.History,
		Dumps: func() ([]dump.Entry, error) {
			entries, err := dump.List(p.keptIn)
			own := entries[:0]
			for i := range entries {
				if strings.HasSuffix(entries[i].Path, ".pb.gz") && p.IsOf(&entries[i]) {
					own = append(own, entries[i])
				}
			}
			return own, err
		},
		Wrote: func(e *dump.Entry, _ *report.Report) bool { return p.Wrote(e) },
		Dump: func(_ context.Context, reason string) (dump.File, error) {
			return p.keeper.Keep(p.Program, reason)
		},
	}
}
