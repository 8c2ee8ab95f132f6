package textfmt

import "testing"

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"2GiB": 2 * GiB, "512MiB": 512 * MiB, "1.5 GiB": 3 * GiB / 2, "2gb": 2 * GiB, "64KB": 64 * KiB, "17": 17, " 1 B ": 1, "1TiB": 1 << 40,
	} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("ParseSize(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "GiB", "0", "-1MiB", "NaN", "Inf", "1e30GiB", "12 parsecs", "0.1B", "75%"} {
		if got, err := ParseSize(text); err == nil {
			t.Errorf("ParseSize(%q) = %d, want an error", text, got)
		}
	}
}
