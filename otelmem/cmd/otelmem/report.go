package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

const (
	// reportWait is how long a service may take to report.
	reportWait = 15 * time.Second
	// reportMax is what a report may have, in bytes.
	reportMax = 16 << 20
)

func newReport() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "report URL|DIR",
		Short: "The report of a running service by its debug page, or of a folder of heap profiles",
		Example: `  otelmem report http://localhost:8080/debug/otelmem/
  otelmem report logs/heap-dumps`,
		Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	c.Flags().StringVar(&format, "format", "text", "text or json")
	choice(c, "format", "text", "json")
	c.RunE = func(c *cobra.Command, args []string) error {
		if strings.Contains(args[0], "://") {
			return fetchReport(c.Context(), args[0], format, c.OutOrStdout(), c.ErrOrStderr())
		}
		if info, err := os.Stat(args[0]); err != nil {
			return fmt.Errorf("report of a folder: %w; a URL begins with http://", err)
		} else if !info.IsDir() {
			return fmt.Errorf("report %s: want a folder of heap profiles, or a URL; for one file see otelmem top", args[0])
		}
		return folderReport(c.Context(), args[0], format, c.OutOrStdout(), c.ErrOrStderr())
	}
	return c
}

// fetchReport gets the report of the debug page that is mounted at page.
func fetchReport(ctx context.Context, page, format string, out, messages io.Writer) error {
	u, err := url.Parse(page)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return &usageError{fmt.Errorf("report %s: want http://HOST/PATH or https://HOST/PATH of the debug page", page)}
	}
	u = u.JoinPath(map[string]string{"text": "report.txt", "json": "report.json"}[format])
	ctx, cancel := context.WithTimeout(ctx, reportWait)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	defer resp.Body.Close()
	p := startProgress(messages, "reading the report", resp.ContentLength)
	body, err := io.ReadAll(io.LimitReader(p.reader(resp.Body), reportMax+1))
	p.end()
	switch {
	case err != nil:
		return fmt.Errorf("report %s: %w", u, err)
	case resp.StatusCode != http.StatusOK:
		first, _, _ := strings.Cut(strings.TrimSpace(string(body)), "\n")
		return fmt.Errorf("report %s: %s: %.300s; want the URL where debugpage.Handler is mounted", u, resp.Status, first)
	case len(body) > reportMax:
		return fmt.Errorf("report %s: more than %d bytes, which no report has", u, reportMax)
	case format == "text" && !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/plain"),
		format == "json" && resp.Header.Get("Content-Type") != "application/json":
		return fmt.Errorf("report %s: it answers %q, which is no report; want the URL where debugpage.Handler is mounted", u, resp.Header.Get("Content-Type"))
	}
	_, err = io.WriteString(out, textfmt.PrintableLines(string(body)))
	return err
}

var errNoDumps = errors.New("no heap profiles of memory diagnostics are there")
