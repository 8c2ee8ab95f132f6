// Package csvdriver is a driver for database/sql that reads CSV files: a query is
// the name of a file in the folder, and its rows are the file's. It is a module of
// its own, so that it is a dependency of the zoo, as drivers are.
package csvdriver

import (
	"bufio"
	"context"
	"database/sql/driver"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
)

// readAhead is how many bytes a query reads at a time.
const readAhead = 64 << 10

var errReadOnly = errors.New("csvdriver: files are only read, by queries")

// Folder is where the files are.
type Folder string

// Connect opens the folder, so that what is outside cannot be read.
func (f Folder) Connect(context.Context) (driver.Conn, error) {
	root, err := os.OpenRoot(string(f))
	if err != nil {
		return nil, fmt.Errorf("csvdriver: %w", err)
	}
	return &conn{root}, nil
}

// Driver is the folder itself.
func (f Folder) Driver() driver.Driver { return opener{} }

type opener struct{}

func (opener) Open(folder string) (driver.Conn, error) {
	return Folder(folder).Connect(context.Background())
}

type conn struct{ root *os.Root }

func (c *conn) Prepare(string) (driver.Stmt, error) { return nil, errReadOnly }
func (c *conn) Begin() (driver.Tx, error)           { return nil, errReadOnly }
func (c *conn) Close() error                        { return c.root.Close() }

// QueryContext opens the file that the query names.
func (c *conn) QueryContext(_ context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if len(args) > 0 {
		return nil, fmt.Errorf("csvdriver: %d arguments: want none", len(args))
	}
	file, err := c.root.Open(query)
	if err != nil {
		return nil, fmt.Errorf("csvdriver: %w", err)
	}
	r := &rows{file: file, reader: csv.NewReader(bufio.NewReaderSize(file, readAhead))}
	if r.first, err = r.reader.Read(); err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(fmt.Errorf("csvdriver: %w", err), file.Close())
	}
	return r, nil
}

type rows struct {
	file   *os.File
	reader *csv.Reader
	first  []string // tells how many columns there are; nil once it was returned
}

// Columns have numbers for names.
func (r *rows) Columns() []string {
	names := make([]string, max(len(r.first), r.reader.FieldsPerRecord))
	for i := range names {
		names[i] = fmt.Sprint(i + 1)
	}
	return names
}

func (r *rows) Next(into []driver.Value) error {
	record := r.first
	r.first = nil
	if record == nil {
		var err error
		if record, err = r.reader.Read(); err != nil {
			return err
		}
	}
	for i, field := range record {
		into[i] = field
	}
	return nil
}

func (r *rows) Close() error { return r.file.Close() }
