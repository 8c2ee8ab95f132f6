package dump

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// Environment variables of a copy of this test that is killed: its folder, and the
// event at which it is killed.
const (
	victimDir  = "DUMP_TEST_VICTIM_DIR"
	victimKind = "DUMP_TEST_VICTIM_KIND"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		beKilled(dir, Kind(os.Getenv(victimKind)))
	}
	goleak.VerifyTestMain(m)
}

// beKilled runs a process that is killed when an event has happened.
func beKilled(dir string, kind Kind) {
	d, err := New(
		func() Memory { return Memory{Time: time.Now(), RSS: 100 * textfmt.MiB} },
		Limit{}, WithDir(dir), WithThresholds("64MiB"), WithInterval(time.Millisecond),
		WithObserver(func(e Event) {
			if e.Kind == kind {
				self, _ := os.FindProcess(os.Getpid())
				_ = self.Kill()
				select {}
			}
		}))
	if err == nil {
		err = d.Start(context.Background(), nil)
	}
	if err == nil {
		time.Sleep(time.Minute) // the kill comes first
	}
	fmt.Fprintln(os.Stderr, "not killed:", err)
	os.Exit(3)
}
