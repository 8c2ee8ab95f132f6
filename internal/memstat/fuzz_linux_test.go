package memstat

import "testing"

func FuzzStatm(f *testing.F) {
	for _, seed := range []string{"1000 250 75 1 0 300 0\n", "1 2", "", "99999999999999999999 1 1", "1  2 3", "-1 2 3"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		rss, shared, ok := parseStatm(line)
		if ok && (rss < 0 || shared < 0) {
			t.Errorf("%q is %d and %d pages", line, rss, shared)
		}
	})
}
