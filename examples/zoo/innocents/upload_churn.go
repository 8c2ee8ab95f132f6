package innocents

import (
	"crypto/sha256"
	"fmt"
	"net/http"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// scan reads an upload into 3 MB of memory and keeps its sum alone: what makes the
// collector run, as in most services.
func scan(w http.ResponseWriter, r *http.Request) {
	upload := make([]byte, 3<<20)
	n, _ := r.Body.Read(upload)
	fmt.Fprintf(w, "%x\n", sha256.Sum256(upload[:n]))
}

func init() {
	register(service.Case{
		Name:      "upload-churn",
		Kind:      service.None,
		Neighbour: true,
		Setup:     func(s *service.Service) { s.HandleFunc("POST /api/scan", scan) },
		Request:   service.Post("/api/scan", make([]byte, 512)),
	})
}
