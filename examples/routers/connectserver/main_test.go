package connectserver

import (
	"testing"

	"github.com/otelmem/otelmem-go/examples/routers/proof"
)

func TestMain(m *testing.M) { proof.Main(m) }
