package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/dump/compare"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// rowsShown is how many rows each table of a folder's report has.
const rowsShown = 10

// folder is the report of a folder of heap profiles. Bytes.
type folder struct {
	Dir   string     `json:"dir"`
	Dumps []dumpLine `json:"dumps"`
	// First and Last are the dumps of the last process. Operations and Lines are what
	// Last has more than First, or all that it has where First is empty.
	First      string        `json:"first,omitempty"`
	Last       string        `json:"last"`
	Operations []compare.Row `json:"operations"`
	Lines      []compare.Row `json:"lines"`
	Notes      []string      `json:"notes,omitempty"`
}

// dumpLine is a dump in the list.
type dumpLine struct {
	Name   string    `json:"name"`
	Time   time.Time `json:"time"`
	Reason string    `json:"reason"`
	Size   int64     `json:"size"`
	RSS    int64     `json:"rss"`
	Live   int64     `json:"live"`
	Run    string    `json:"run"` // the process that wrote it
}

func folderReport(ctx context.Context, dir, format string, out, messages io.Writer) error {
	f, err := readFolder(ctx, dir, messages)
	if err != nil {
		return err
	}
	if format == "json" {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(f)
	}
	return f.write(out)
}

func readFolder(ctx context.Context, dir string, messages io.Writer) (*folder, error) {
	p := startProgress(messages, "reading "+textfmt.Printable(dir), 0)
	entries, err := dump.List(dir)
	p.end()
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("report %s: %w: each is a .pb.gz with its .json", dir, errNoDumps)
	}
	f := &folder{Dir: dir}
	var files []dump.File
	for i := range entries {
		e := &entries[i]
		files = append(files, e.File)
		f.Dumps = append(f.Dumps, dumpLine{
			Name: filepath.Base(e.Path), Time: e.Metadata.Time, Reason: e.Metadata.Reason, Size: e.Size, RSS: e.Metadata.Memory.RSS, Live: e.Metadata.Memory.Live, Run: e.Run,
		})
	}
	last := &entries[len(entries)-1]
	first := ""
	if i := dump.FirstOfRun(files); i >= 0 {
		first = files[i].Path
	}
	base, current, err := readBoth(ctx, first, last.Path, messages)
	if err != nil {
		return nil, err
	}
	f.First, f.Last = baseName(first), baseName(last.Path)
	f.Notes = compare.Notes(base, current)
	if f.Operations, err = compare.Rows(base, current, compare.Operation); err != nil {
		return nil, err
	}
	f.Lines, err = compare.Rows(base, current, compare.Line)
	return f, err
}

// baseName is a file's name; "" of none.
func baseName(path string) string {
	if path == "" {
		return ""
	}
	return filepath.Base(path)
}

func (f *folder) write(out io.Writer) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "HEAP PROFILE\tTIME\tREASON\tSIZE\tRSS THEN\tLIVE THEN")
	for _, d := range f.Dumps {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", textfmt.Printable(d.Name), d.Time.Local().Format(time.DateTime), textfmt.Printable(d.Reason),
			textfmt.Size(d.Size), textfmt.Size(d.RSS), textfmt.Size(d.Live))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, note := range f.Notes {
		fmt.Fprintf(out, "\nNote: %s.\n", textfmt.Printable(note))
	}
	compared := f.First != ""
	title := "In use in the last one"
	if compared {
		title = textfmt.Printable(fmt.Sprintf("What %s has more than %s (%s)", f.Last, f.First, f.Dumps[len(f.Dumps)-1].Run))
	}
	for _, table := range []struct {
		by   compare.Key
		rows []compare.Row
	}{{compare.Operation, f.Operations}, {compare.Line, f.Lines}} {
		fmt.Fprintf(out, "\n%s, by %s:\n\n", title, table.by)
		if err := writeRows(out, table.rows, rowsShown, compared); err != nil {
			return err
		}
	}
	return nil
}
