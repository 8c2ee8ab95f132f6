package memstat

import "testing"

func TestParseStatm(t *testing.T) {
	for line, want := range map[string]struct {
		rss, shared int64
		ok          bool
	}{
		"1000 250 75 1 0 300 0\n": {250, 75, true},
		"1000 250 75":             {250, 75, true},
		"1000 250":                {0, 0, false},
		"":                        {0, 0, false},
		"a b c\n":                 {0, 0, false},
		"1000  250 75\n":          {0, 0, false},
	} {
		rss, shared, ok := parseStatm([]byte(line))
		if ok != want.ok || ok && (rss != want.rss || shared != want.shared) {
			t.Errorf("parseStatm(%q) = %d, %d, %t, want %+v", line, rss, shared, ok, want)
		}
	}
}
