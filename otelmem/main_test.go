package otelmem

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// Most tests here are of tags alone, and need no Diagnostics.
func TestMain(m *testing.M) {
	heaptag.Activate()
	goleak.VerifyTestMain(m)
}
