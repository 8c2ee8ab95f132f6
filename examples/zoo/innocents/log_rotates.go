package innocents

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// logBuffer is written to a file, which is cut off, whenever it has 12 MB.
type logBuffer struct {
	file string
	text bytes.Buffer
}

const logBytes = 12 << 20

func (l *logBuffer) write(context.Context) {
	for range 200 {
		l.text.WriteString("2026-11-26T12:00:00Z INFO a request was served in some milliseconds, and all is well\n")
	}
	if l.text.Len() > logBytes {
		_ = os.WriteFile(l.file, l.text.Bytes(), 0o600)
		l.text = bytes.Buffer{}
	}
}

func init() {
	register(service.Case{
		Name: "log-rotates",
		Kind: service.None,
		Setup: func(s *service.Service) {
			s.Every(15*time.Millisecond, "write_log", (&logBuffer{file: filepath.Join(s.Dir, "service.log")}).write)
		},
	})
}
