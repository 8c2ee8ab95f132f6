package dump

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// shelf makes profiles of one KiB, the i-th in the i-th minute, in an episode
// (0: none).
func shelf(t *testing.T, episodes ...int) (s *store, names []string) {
	t.Helper()
	s = &store{dir: t.TempDir(), maxFiles: 100, maxBytes: 1 << 30}
	start := time.Date(2025, 11, 26, 10, 0, 0, 0, time.UTC)
	for i, episode := range episodes {
		at := start.Add(time.Duration(i) * time.Minute)
		metadata := Metadata{Tool: metadataTool, Version: metadataVersion, Time: at}
		if episode > 0 {
			metadata.Episode = start.Add(time.Duration(episode) * time.Hour)
		}
		name := baseName("threshold_2048MB", at)
		put(t, s.dir, name+profileSuffix, strings.Repeat("x", 1024))
		text, err := json.Marshal(metadata)
		if err != nil {
			t.Fatal(err)
		}
		put(t, s.dir, name+metadataSuffix, string(text))
		names = append(names, name)
	}
	return s, names
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestRetentionKeepsTheFirstAndTheLastOfAnEpisode(t *testing.T) {
	for name, test := range map[string]struct {
		episodes []int
		files    int
		bytes    int64
		want     []int
	}{
		"enough room":                     {[]int{1, 1, 1}, 3, 1 << 20, []int{0, 1, 2}},
		"the middle goes first":           {[]int{1, 1, 1, 1}, 2, 1 << 20, []int{0, 3}},
		"by bytes":                        {[]int{1, 1, 1, 1}, 100, 4000, []int{0, 3}},
		"manual ones before ends":         {[]int{0, 1, 1, 0}, 3, 1 << 20, []int{1, 2, 3}},
		"middles of all episodes, by age": {[]int{1, 1, 1, 2, 2, 2}, 4, 1 << 20, []int{0, 2, 3, 5}},
		"then the oldest":                 {[]int{1, 1, 2, 2}, 3, 1 << 20, []int{1, 2, 3}},
		"the newest stays, though manual": {[]int{1, 1, 0}, 2, 1 << 20, []int{1, 2}},
		"the newest stays, however large": {[]int{1, 1}, 5, 10, []int{1}},
	} {
		t.Run(name, func(t *testing.T) {
			s, names := shelf(t, test.episodes...)
			s.maxFiles, s.maxBytes = test.files, test.bytes
			if err := s.prune(File{}); err != nil {
				t.Fatal(err)
			}
			entries, err := s.list()
			if err != nil {
				t.Fatal(err)
			}
			var got []int
			for _, e := range entries {
				got = append(got, slices.Index(names, strings.TrimSuffix(filepath.Base(e.Path), profileSuffix)))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("kept %v, want %v", got, test.want)
			}
			files, err := os.ReadDir(s.dir)
			if err != nil || len(files) != 2*len(test.want) {
				t.Errorf("%d files left for %d profiles, %v", len(files), len(test.want), err)
			}
		})
	}
}

func TestRetentionIsThatOfTheOption(t *testing.T) {
	for name, test := range map[string]struct {
		retention Option
		want      []string
	}{
		"files":           {WithRetention(2, 0), []string{"third", "fourth"}},
		"bytes":           {WithRetention(0, 1), []string{"fourth"}},
		"what is default": {WithRetention(0, 0), []string{"first", "second", "third", "fourth"}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, w *world) {
				d := w.dumper(Limit{}, test.retention)
				for _, reason := range []string{"first", "second", "third", "fourth"} {
					time.Sleep(time.Second)
					if _, err := d.Dump(t.Context(), reason); err != nil {
						t.Fatal(err)
					}
				}
				entries, err := d.List()
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, e := range entries {
					got = append(got, e.Metadata.Detail)
				}
				if !slices.Equal(got, test.want) {
					t.Errorf("kept %v, want %v", got, test.want)
				}
			})
		})
	}
}

func TestProcessesThatShareAFolderHaveEpisodesOfTheirOwn(t *testing.T) {
	at := time.Date(2025, 11, 26, 10, 0, 0, 0, time.UTC)
	entry := func(path string, process int, host string) Entry {
		return Entry{File: File{Path: path}, Metadata: Metadata{Episode: at, Process: process, Host: host}}
	}
	for name, entries := range map[string][]Entry{
		"another process": {entry("0", 2, "a"), entry("1", 1, "a"), entry("2", 2, "a"), entry("3", 1, "a")},
		"another host":    {entry("0", 1, "b"), entry("1", 1, "a"), entry("2", 1, "b"), entry("3", 1, "a")},
	} {
		if doomed := toDelete(entries, 3, 1<<30); len(doomed) != 1 || doomed[0].Path != "0" {
			t.Errorf("%s: deletes %v, want the oldest, as none is in the middle of its episode", name, doomed)
		}
	}
}

func TestTheProfileJustWrittenStaysWhateverTheClockSaid(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		d := w.dumper(Limit{}, WithRetention(2, 0))
		var paths []string
		write := func(reason string) {
			t.Helper()
			file, err := d.Dump(t.Context(), reason)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(file.Path); err != nil {
				t.Errorf("%s: said to be written, and deleted: %v", reason, err)
			}
			paths = append(paths, file.Path)
		}
		write("in the future")
		write("in the future too")
		for _, path := range paths { // the clock is set back by ten years
			m, err := ReadMetadata(MetadataPath(path))
			if err != nil {
				t.Fatal(err)
			}
			m.Time = m.Time.AddDate(10, 0, 0)
			if err := osFiles.writeMetadata(MetadataPath(path), &m); err != nil {
				t.Fatal(err)
			}
		}
		write("now")
		write("later") // by another process, which starts to count
		d = w.dumper(Limit{}, WithRetention(2, 0))
		write("last")
		files, err := d.List()
		if err != nil || len(files) != 2 || files[0].Metadata.Detail != "later" || files[1].Metadata.Detail != "last" {
			t.Errorf("kept %v, %v, want the two that were written last", files, err)
		}
	})
}

func TestAMetadataFileOfAnySizeIsReadInBoundedMemory(t *testing.T) {
	s, names := shelf(t, 1, 1)
	metadata := filepath.Join(s.dir, names[0]+metadataSuffix)
	file, err := os.OpenFile(metadata, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Truncate(1 << 30); err != nil { // zeros that take no space
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	before := allocated()
	entries, err := s.list()
	if took := allocated() - before; err != nil || len(entries) != 2 || took > 2<<20 {
		t.Errorf("%d profiles, %v; %d bytes were allocated", len(entries), err, took)
	}
	before = allocated()
	_, err = ReadMetadata(metadata)
	if took := allocated() - before; err == nil || took > 100<<20 {
		t.Errorf("read it: %v; %d bytes were allocated, want an error", err, took)
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func BenchmarkRetention(b *testing.B) {
	entries := make([]Entry, 2000)
	for i := range entries {
		entries[i] = Entry{File: File{Size: 1}, Metadata: Metadata{Process: i % 7, Episode: time.Unix(int64(1+i/10), 0)}}
	}
	for b.Loop() {
		if doomed := toDelete(entries, 20, 1<<30); len(doomed) != 1980 {
			b.Fatal(len(doomed))
		}
	}
}

func BenchmarkListOf2000(b *testing.B) {
	s := newStore(b.TempDir())
	metadata := newMetadata(Memory{}, Limit{}, nil)
	for range 2000 {
		profile, path, err := reserveName(s.dir, fmt.Sprintf("heapdump_manual_%d_2025-11-26T10-05-00-000Z", metadata.Sequence))
		metadata.Sequence++
		if err == nil {
			err = osFiles.writeMetadata(path, &metadata)
		}
		if err == nil {
			err = os.WriteFile(profile, nil, 0o600)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if entries, err := s.list(); err != nil || len(entries) != 2000 {
			b.Fatal(len(entries), err)
		}
	}
}

func TestForeignFilesAreNeverTouched(t *testing.T) {
	s, _ := shelf(t, 1, 1, 1)
	outside := filepath.Join(t.TempDir(), "outside")
	put(t, filepath.Dir(outside), "outside", "precious")
	foreign := []string{
		"heap.pb.gz", // another name
		"heapdump_threshold_1MB_2025-11-26T09-00-00-000Z.pb.gz", // our name, no metadata file
		"notes.json",
	}
	for _, name := range foreign {
		put(t, s.dir, name, "precious")
	}
	link := "heapdump_threshold_1MB_2025-11-26T08-00-00-000Z"
	if err := os.Symlink(outside, filepath.Join(s.dir, link+profileSuffix)); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	put(t, s.dir, link+metadataSuffix, fmt.Sprintf(`{"tool":%q,"version":%d}`, metadataTool, metadataVersion))
	if err := os.Mkdir(filepath.Join(s.dir, "heapdump_manual_2025-11-26T07-00-00-000Z.pb.gz"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.maxFiles = 1
	if err := s.prune(File{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range append(foreign, link+profileSuffix) {
		if text, err := os.ReadFile(filepath.Join(s.dir, name)); err != nil || string(text) != "precious" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	if entries, err := s.list(); err != nil || len(entries) != 1 {
		t.Errorf("%d of ours left, %v, want 1", len(entries), err)
	}
}
