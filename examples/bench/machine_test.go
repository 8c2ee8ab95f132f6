package main

import (
	"strings"
	"testing"
)

func TestTheHeadSaysWhereItWasMeasured(t *testing.T) {
	if m := machine(); !strings.Contains(m, "cores") {
		t.Errorf("machine %q", m)
	}
	if v := versions(); !strings.HasPrefix(v, "go1") {
		t.Errorf("versions %q", v)
	}
}
