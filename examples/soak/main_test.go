package main

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestASoakOfTwoMinutes(t *testing.T) {
	if testing.Short() {
		t.Skip("a leak takes a minute to be accused")
	}
	if err := run(t.Context(), shortest, t.TempDir()); err != nil {
		t.Error(err)
	}
}

func TestADurationThatIsTooShortIsRefused(t *testing.T) {
	if run(t.Context(), shortest-time.Second, t.TempDir()) == nil {
		t.Error("no error")
	}
}
