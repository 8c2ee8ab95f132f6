package memstat

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTheLimitOfAnotherProcessIsTheLowestOnTheWay(t *testing.T) {
	const mb = 1 << 20
	for name, test := range map[string]struct {
		files map[string]string
		want  Limit
	}{
		"none":                {nil, Limit{}},
		"not limited":         {map[string]string{"proc/7/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "max\n"}, Limit{}},
		"its parent's":        {map[string]string{"proc/7/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/memory.max": "104857600\n"}, Limit{Bytes: 100 * mb, Source: SourceCgroup}},
		"of cgroup v1":        {map[string]string{"proc/7/cgroup": "5:cpu:/x\n4:memory:/x\n", "sys/fs/cgroup/memory/x/memory.limit_in_bytes": "104857600\n"}, Limit{Bytes: 100 * mb, Source: SourceCgroup}},
		"a container's own":   {map[string]string{"proc/7/root/sys/fs/cgroup/memory.max": "104857600\n"}, Limit{Bytes: 100 * mb, Source: SourceCgroup}},
		"the runtime's":       {map[string]string{"proc/7/environ": "A=b\x00GOMEMLIMIT=50MiB\x00", "proc/7/root/sys/fs/cgroup/memory.max": "104857600\n"}, Limit{Bytes: 50 * mb, Source: SourceRuntime}},
		"the runtime's is no": {map[string]string{"proc/7/environ": "GOMEMLIMIT=off\x00"}, Limit{}},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			for file, text := range test.files {
				path := filepath.Join(root, file)
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if got := limitOf(root, 7); got.Bytes != test.want.Bytes || got.Source != test.want.Source {
				t.Errorf("limit %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestTheResidentSetOfAnotherProcessIsKnown(t *testing.T) {
	p, err := OpenAnother(os.Getppid())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if rss, shared, err := p.Read(); err != nil || rss <= 0 || shared < 0 || shared > rss {
		t.Errorf("resident %d, shared %d, %v", rss, shared, err)
	}
	if _, err := OpenAnother(1 << 30); err == nil {
		t.Error("a process is found that there cannot be")
	}
}
