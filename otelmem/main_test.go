package otelmem

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// releaseTags ends that all tests here have tags, of which most need no Diagnostics.
// Who calls it activates tags again.
var releaseTags func()

func TestMain(m *testing.M) {
	releaseTags = heaptag.Activate()
	goleak.VerifyTestMain(m)
}
