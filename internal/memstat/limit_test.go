package memstat

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheLimitThatMattersMost(t *testing.T) {
	soft := func(bytes, used int64) candidate {
		return candidate{bytes: bytes, source: SourceRuntime, used: used}
	}
	cgroup := func(bytes, used int64) candidate {
		return candidate{bytes: bytes, source: SourceCgroup, used: used, shared: true}
	}
	high := func(bytes, used int64) candidate {
		return candidate{bytes: bytes, source: SourceHigh, used: used, shared: true}
	}
	for name, test := range map[string]struct {
		candidates []candidate
		want       Limit
	}{
		"none":                             {[]candidate{soft(0, 10), cgroup(0, 10)}, Limit{}},
		"GOMEMLIMIT alone":                 {[]candidate{soft(100, 10)}, Limit{100, SourceRuntime, 0, 0, 0}},
		"the lower one":                    {[]candidate{soft(90, 10), cgroup(100, 20)}, Limit{90, SourceRuntime, 0, 100, 20}},
		"the fuller one, from half on":     {[]candidate{soft(90, 10), cgroup(100, 50)}, Limit{100, SourceCgroup, 50, 100, 50}},
		"a fuller one that is not near":    {[]candidate{soft(90, 10), cgroup(100, 49)}, Limit{90, SourceRuntime, 0, 100, 49}},
		"memory.high":                      {[]candidate{soft(0, 10), cgroup(100, 20), high(80, 20)}, Limit{80, SourceHigh, 20, 100, 20}},
		"memory.high alone is no wall":     {[]candidate{high(80, 20)}, Limit{80, SourceHigh, 20, 0, 0}},
		"the pod is full, we are not":      {[]candidate{cgroup(300, 50), cgroup(400, 390)}, Limit{400, SourceCgroup, 390, 400, 390}},
		"the hard one with less room":      {[]candidate{cgroup(300, 290), cgroup(400, 380)}, Limit{300, SourceCgroup, 290, 300, 290}},
		"above the soft one, all the same": {[]candidate{soft(50, 80), cgroup(100, 85)}, Limit{50, SourceRuntime, 0, 100, 85}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := choose(test.candidates); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestRoomIsBelowTheHardLimit(t *testing.T) {
	for name, test := range map[string]struct {
		limit Limit
		want  int64
	}{
		"none":              {Limit{}, math.MaxInt64},
		"soft":              {Limit{Bytes: 10, Source: SourceRuntime}, math.MaxInt64},
		"hard":              {Limit{Bytes: 10, Source: SourceRuntime, Hard: 100}, 70},
		"shared":            {Limit{Hard: 100, HardUsed: 90}, 10},
		"more than allowed": {Limit{Hard: 100, HardUsed: 110}, -10},
	} {
		if got := test.limit.Room(30); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}

func TestReadLimitFollowsTheRuntime(t *testing.T) {
	old := debug.SetMemoryLimit(123 << 20)
	t.Cleanup(func() { debug.SetMemoryLimit(old) })
	limit, err := ReadLimit(Snapshot{})
	if err != nil && !errors.Is(err, errNoCgroup) {
		t.Fatal(err)
	}
	if limit.Bytes != 123<<20 || limit.Source != SourceRuntime || limit.Used != 0 {
		t.Errorf("got %+v", limit)
	}
}

// A machine is a tree of files like those of the kernel.
type machine struct {
	t    *testing.T
	root string
}

func (m *machine) put(path, text string) {
	m.t.Helper()
	path = filepath.Join(m.root, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) limits() *Limits {
	return &Limits{proc: filepath.Join(m.root, "proc/self"), root: m.root, soft: func() int64 { return 0 }}
}

// The mounts of a container of today, of one of cgroup v1, and of a machine with both.
const (
	mountV2     = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
	mountV1     = "35 31 0:32 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
	mountV1CPU  = "32 31 0:29 /docker/abc /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
	mountHybrid = "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
	mountBlank  = "30 23 0:26 / /sys/fs/c\\040group rw - cgroup2 cgroup2 rw\n"
)

func (m *machine) v2(dir, max, high, current, inactive string) {
	for name, text := range map[string]string{
		"memory.max": max, "memory.high": high, "memory.current": current,
		"memory.stat": "anon 1\ninactive_file " + inactive + "\nactive_file 7\n",
	} {
		m.put(filepath.Join(dir, name), text+"\n")
	}
}

func (m *machine) v1(dir, limit, usage, inactive, hierarchical string) {
	m.put(filepath.Join(dir, "memory.limit_in_bytes"), limit+"\n")
	m.put(filepath.Join(dir, "memory.usage_in_bytes"), usage+"\n")
	m.put(filepath.Join(dir, "memory.stat"), "inactive_file 1\nhierarchical_memory_limit "+hierarchical+"\ntotal_inactive_file "+inactive+"\n")
}

func TestLimitsOfEveryKindOfCgroup(t *testing.T) {
	const none = "9223372036854771712" // of cgroup v1
	for name, test := range map[string]struct {
		cgroup, mounts string
		files          func(*machine)
		want           Limit
		err            string
	}{
		"v2 in a container": {"0::/\n", mountV2, func(m *machine) {
			m.v2("sys/fs/cgroup", "400", "max", "100", "30")
		}, Limit{400, SourceCgroup, 70, 400, 70}, ""},
		"v2, max": {"0::/\n", mountV2, func(m *machine) {
			m.v2("sys/fs/cgroup", "max", "max", "100", "30")
		}, Limit{}, ""},
		"v2, memory.high": {"0::/\n", mountV2, func(m *machine) {
			m.v2("sys/fs/cgroup", "max", "200", "100", "0")
		}, Limit{200, SourceHigh, 100, 0, 0}, ""},
		"v2, nested, the pod is the limit": {"0::/pod/app\n", mountV2, func(m *machine) {
			m.v2("sys/fs/cgroup/pod", "400", "max", "390", "0")
			m.v2("sys/fs/cgroup/pod/app", "max", "max", "50", "0")
		}, Limit{400, SourceCgroup, 390, 400, 390}, ""},
		"v2, the root of a machine": {"0::/\n", mountV2, func(m *machine) {
			m.put("sys/fs/cgroup/cgroup.controllers", "cpu memory pids\n")
		}, Limit{}, ""},
		"v2, a path of another namespace": {"0::/../../else\n", mountV2, func(m *machine) {
			m.v2("sys/fs/cgroup", "400", "max", "100", "0")
		}, Limit{400, SourceCgroup, 100, 400, 100}, ""},
		"v2, mounted at a path with a blank": {"0::/a\n", mountBlank, func(m *machine) {
			m.v2("sys/fs/c group/a", "400", "max", "100", "0")
		}, Limit{400, SourceCgroup, 100, 400, 100}, ""},
		"v1 in a container": {"5:cpu:/docker/abc\n4:memory:/docker/abc\n", mountV1CPU + mountV1, func(m *machine) {
			m.v1("sys/fs/cgroup/memory", "400", "100", "30", "400")
		}, Limit{400, SourceCgroup, 70, 400, 70}, ""},
		"v1, unset": {"4:memory:/docker/abc\n", mountV1, func(m *machine) {
			m.v1("sys/fs/cgroup/memory", none, "100", "30", none)
		}, Limit{}, ""},
		"v1, a parent that cannot be seen": {"4:memory:/docker/abc\n", mountV1, func(m *machine) {
			m.v1("sys/fs/cgroup/memory", none, "100", "30", "300")
		}, Limit{300, SourceCgroup, 70, 300, 70}, ""},
		"v1 beside a v2 without memory": {"4:memory:/docker/abc\n0::/\n", mountV1 + mountHybrid, func(m *machine) {
			m.v1("sys/fs/cgroup/memory", "400", "100", "30", "400")
			m.put("sys/fs/cgroup/unified/cgroup.controllers", "hugetlb\n")
		}, Limit{400, SourceCgroup, 70, 400, 70}, ""},
		"none is mounted": {"0::/\n", "23 1 0:1 / / rw - ext4 /dev/vda rw\n", func(*machine) {}, Limit{}, "no cgroup file system"},
		"of another kind": {"0::/\n", mountHybrid, func(m *machine) {
			m.put("sys/fs/cgroup/unified/cgroup.controllers", "hugetlb\n")
		}, Limit{}, "no cgroup file system"},
		"nonsense": {"0::/\n", mountV2, func(m *machine) {
			m.v2("sys/fs/cgroup", "lots", "max", "100", "0")
		}, Limit{}, `memory.max: want a number or max, got "lots`},
		"files of nonsense": {"\x00\n:\n0:\n", "-\n - \n a b c d - cgroup2\n", func(*machine) {}, Limit{}, "no cgroup file system"},
	} {
		t.Run(name, func(t *testing.T) {
			m := &machine{t, t.TempDir()}
			m.put("proc/self/cgroup", test.cgroup)
			m.put("proc/self/mountinfo", test.mounts)
			test.files(m)
			got, err := m.limits().read(Snapshot{RSS: 5})
			if got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
				t.Errorf("error %v, want %q", err, test.err)
			}
		})
	}
}

func TestWithoutProcTheCauseIsSaid(t *testing.T) {
	l := (&machine{t, t.TempDir()}).limits()
	l.soft = func() int64 { return 100 }
	limit, err := l.read(Snapshot{RSS: 5})
	if limit.Bytes != 100 || err == nil || !strings.Contains(err.Error(), "/proc/self/cgroup") {
		t.Errorf("got %+v, %v", limit, err)
	}
}

func TestALimitIsFoundAndFollowedLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &machine{t, t.TempDir()}
		m.put("proc/self/cgroup", "0::/\n")
		m.put("proc/self/mountinfo", "")
		l := m.limits()
		if _, err := l.read(Snapshot{}); !errors.Is(err, errNoCgroup) {
			t.Fatalf("error %v", err)
		}
		m.put("proc/self/mountinfo", mountV2)
		m.v2("sys/fs/cgroup", "100", "max", "10", "0")
		time.Sleep(findAgain)
		for _, bytes := range []string{"100", "4000", "50"} {
			m.v2("sys/fs/cgroup", bytes, "max", "10", "0")
			if limit, err := l.read(Snapshot{}); err != nil || limit.Hard == 0 || limit.Bytes != limit.Hard {
				t.Errorf("%s: got %+v, %v", bytes, limit, err)
			}
		}
		// The process is moved to another cgroup.
		m.put("proc/self/cgroup", "0::/other\n")
		m.v2("sys/fs/cgroup/other", "30", "max", "10", "0")
		time.Sleep(findAgain)
		if limit, err := l.read(Snapshot{}); err != nil || limit.Bytes != 30 {
			t.Errorf("got %+v, %v, want that of the other cgroup", limit, err)
		}
	})
}

func TestEvidenceOfAKill(t *testing.T) {
	m := &machine{t, t.TempDir()}
	m.put("proc/self/cgroup", "0::/app\n")
	m.put("proc/self/mountinfo", mountV2)
	m.v2("sys/fs/cgroup/app", "100", "max", "10", "0")
	app := filepath.Join(m.root, "sys/fs/cgroup/app")
	m.put("sys/fs/cgroup/app/memory.events", "low 0\nhigh 0\nmax 7\noom 2\noom_kill 2\noom_group_kill 0\n")
	m.put("sys/fs/cgroup/app/memory.pressure", "some avg10=12.50 avg60=0.00 avg300=0.00 total=1\nfull avg10=3.25 avg60=0.00 avg300=0.00 total=1\n")
	before := m.limits().evidence()
	if before.OOMKills[app] != 2 || before.SomeStalled != 12.5 || before.FullStalled != 3.25 {
		t.Errorf("got %+v", before)
	}
	m.put("sys/fs/cgroup/app/memory.events", "oom_kill 5\n")
	if kills := m.limits().evidence().KillsSince(before.OOMKills); kills[app] != 3 {
		t.Errorf("killed since %v, want 3", kills)
	}
	if kills := before.KillsSince(nil); len(kills) != 0 {
		t.Errorf("killed since nobody knows: %v", kills)
	}
	v1 := &machine{t, t.TempDir()}
	v1.put("proc/self/cgroup", "4:memory:/docker/abc\n")
	v1.put("proc/self/mountinfo", mountV1)
	v1.v1("sys/fs/cgroup/memory", "400", "100", "30", "400")
	v1.put("sys/fs/cgroup/memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n")
	v1.put("proc/pressure/memory", "some avg10=1.00 avg60=0 avg300=0 total=0\nfull avg10=NaN\n")
	if e := v1.limits().evidence(); e.OOMKills[filepath.Join(v1.root, "sys/fs/cgroup/memory")] != 4 || e.SomeStalled != 1 || e.FullStalled != 0 {
		t.Errorf("got %+v", e)
	}
}

func BenchmarkReadLimit(b *testing.B) {
	for b.Loop() {
		_, _ = ReadLimit(Snapshot{})
	}
}

// Who looks at one instant makes the kernel sum up once.
func TestWhatWasReadOfCgroupsIsGoodForAMoment(t *testing.T) {
	m := &machine{t: t, root: t.TempDir()}
	m.put("proc/self/cgroup", "0::/\n")
	m.put("proc/self/mountinfo", mountV2)
	m.v2("sys/fs/cgroup", "1000", "max", "700", "0")
	l := m.limits()
	l.goodFor = time.Hour
	first, err := l.read(Snapshot{})
	if err != nil || first.Bytes != 1000 {
		t.Fatalf("%+v, %v", first, err)
	}
	m.v2("sys/fs/cgroup", "2000", "max", "700", "0")
	if again, _ := l.read(Snapshot{}); again != first {
		t.Errorf("%+v, then %+v", first, again)
	}
	l.lastRead = l.lastRead.Add(-2 * time.Hour)
	if later, _ := l.read(Snapshot{}); later.Bytes != 2000 {
		t.Errorf("later %+v", later)
	}
}
