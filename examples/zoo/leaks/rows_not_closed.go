package leaks

import (
	"database/sql"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"example.com/csvdriver"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// customers reads the first row of a query, and does not close it: its connection
// stays in use, and the next query opens another.
type customers struct {
	service *service.Service
	db      *sql.DB
}

func (c *customers) first(w http.ResponseWriter, _ *http.Request) {
	rows, err := c.db.QueryContext(c.service.Context, "customers.csv") // LEAK:
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if !c.service.Grows() {
		defer rows.Close()
	}
	var id, name string
	if rows.Next() {
		_ = rows.Scan(&id, &name)
	}
	_, _ = w.Write([]byte(name))
}

func init() {
	register(service.Case{
		Name:      "rows-not-closed",
		Operation: "GET /api/customers",
		Functions: []string{"(*customers).first"},
		Rate:      10, // a descriptor each
		Setup: func(s *service.Service) {
			text := strings.Repeat("17,a customer\n", 20_000)
			if err := os.WriteFile(filepath.Join(s.Dir, "customers.csv"), []byte(text), 0o600); err != nil {
				panic(err)
			}
			c := &customers{s, sql.OpenDB(csvdriver.Folder(s.Dir))}
			s.HandleFunc("GET /api/customers", c.first)
		},
		Request: service.Get("/api/customers"),
	})
}
