package memstat

import (
	"strings"
	"testing"
)

func FuzzCgroupFiles(f *testing.F) {
	for _, seed := range []string{
		"0::/\n", "4:memory:/docker/abc\n", "max\n", "104857600\n", "18446744073709551615\n", "0\n", "-1\n",
		"30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", `1 2 0:1 /\040 /\134 rw - cgroup cgroup rw,memory`,
		"anon 1\ninactive_file 4096\n", "oom_kill 3\n", "inactive_file", "inactive_file x", "some avg10=1.50 avg60=0.00\nfull avg10=-1\n",
	} {
		f.Add([]byte(seed), "/a/b")
	}
	f.Fuzz(func(t *testing.T, text []byte, path string) {
		v2, v1 := parseCgroupPaths(text)
		for _, own := range []string{v2, v1} {
			if own != "" && own[0] != '/' {
				t.Errorf("%q leads to %q", text, own)
			}
		}
		root := t.TempDir()
		for _, m := range parseCgroupMounts(text) {
			for _, level := range m.levels(path, root) {
				if !strings.HasPrefix(level.dir, root) {
					t.Errorf("%q leads out of the mount: %s", path, level.dir)
				}
			}
		}
		if n, ok := parseCgroupNumber(text); ok && (n < 0 || n >= unset) {
			t.Errorf("%q is a limit of %d", text, n)
		}
		if n, _ := parseCgroupStat(text, "inactive_file"); n < 0 {
			t.Errorf("%q is %d bytes", text, n)
		}
		if some, full := parsePressure(text); !(some >= 0 && some <= 100 && full >= 0 && full <= 100) {
			t.Errorf("%q is a pressure of %v and %v", text, some, full)
		}
	})
}
