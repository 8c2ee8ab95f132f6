package textfmt

import "testing"

func FuzzParseSize(f *testing.F) {
	for _, seed := range []string{"2GiB", "512 MB", "1", "0.5KiB", "-1GiB", "1e9GiB", "9223372036854775807", "9223372036854775808", "GiB", "", "1gib", "Inf", "NaNMiB"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if bytes, err := ParseSize(text); err == nil && bytes <= 0 {
			t.Errorf("%q is %d bytes", text, bytes)
		}
	})
}
