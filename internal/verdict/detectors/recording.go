package main

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/internal/verdict"
)

//go:embed testdata/*.gz
var testdata embed.FS

// recording is one run of a program whose leaks are known.
type recording struct {
	name, program string
	wrapped       bool // its operations were tagged
	rows          []row
}

// row is what was measured of one name in a recording.
type row struct {
	name   string
	kind   kind
	points []verdict.Point
	// leaks is from when on the row leaks, in seconds since the start; never if
	// it does not.
	leaks float64
	// unclear rows hold bytes of the leak under another name: to accuse them is
	// neither right nor wrong.
	unclear bool
}

// kind is what a row counts.
type kind int

const (
	heap       kind = iota // live bytes
	goroutines             // goroutines
	outside                // bytes outside the Go heap
)

var never = math.Inf(1)

// holds are the rows that hold a leak's bytes where the recording names no
// row, or another one: the function that starts the service's goroutines
// swallows its operations, and libraries allocate on their own goroutines.
var holds = map[string][]string{
	"gojavm-bare":     {"main.setup.func1"},
	"bspreload-bare":  {"main.setup.func1"},
	"gorillactx-bare": {"main.main.func1.ClearHandler.2"},
}

const (
	writerScanner = "github.com/sirupsen/logrus.(*Entry).writerScanner"
	// libraries is nobody's row and never a suspect.
	libraries = "runtime and libraries"
)

// load reads all recordings, in the order of their names.
func load() ([]recording, error) {
	services, err := read("testdata/services.jsonl.gz", service)
	if err != nil {
		return nil, err
	}
	servers, err := read("testdata/servers.jsonl.gz", server)
	if err != nil {
		return nil, err
	}
	return append(services, servers...), nil
}

// file is a line of a recording; testdata/README.md says what its columns are.
type file struct {
	Run, Truth, Kind string
	Leaks            []string
	Bounded, Planted []string
	PlantedFrom      float64
	Process          [][]float64
	Rows             map[string]struct{ Points [][]float64 }
}

// before reads what the judge of commit a4c3219 said of each reading, by
// recording and row: 1 where it accused.
func before() (map[string]map[string]string, error) {
	data, err := unzip("testdata/before.json.gz")
	if err != nil {
		return nil, err
	}
	var said map[string]map[string]string
	err = json.NewDecoder(data).Decode(&said)
	return said, err
}

func unzip(path string) (*gzip.Reader, error) {
	data, err := testdata.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return gzip.NewReader(bytes.NewReader(data))
}

func read(path string, convert func(file) recording) ([]recording, error) {
	data, err := unzip(path)
	if err != nil {
		return nil, err
	}
	var recordings []recording
	lines := bufio.NewScanner(data)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var f file
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			return nil, fmt.Errorf("%s: recording %d: %w", path, len(recordings)+1, err)
		}
		r := convert(f)
		slices.SortFunc(r.rows, func(a, b row) int {
			return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name))
		})
		recordings = append(recordings, r)
	}
	slices.SortStableFunc(recordings, func(a, b recording) int { return cmp.Compare(a.name, b.name) })
	number(recordings)
	return recordings, lines.Err()
}

// number tells recordings of one name apart.
func number(recordings []recording) {
	seen := make(map[string]int)
	for i := range recordings {
		name := recordings[i].name
		if seen[name]++; seen[name] > 1 {
			recordings[i].name = fmt.Sprintf("%s (%d)", name, seen[name])
		}
	}
}

// start is when recordings begin; any time will do.
var start = time.Date(2025, 11, 26, 10, 0, 0, 0, time.UTC)

func at(seconds float64) time.Time {
	return start.Add(time.Duration(seconds * float64(time.Second)))
}

// service is a run of a small service, read each 3 s for 78 s.
func service(f file) recording {
	r := recording{name: f.Run}
	r.program, _, _ = strings.Cut(f.Run, "-")
	r.wrapped = strings.HasSuffix(f.Run, "-wrapped")
	for name, recorded := range f.Rows {
		live := row{name: name, leaks: never}
		count := row{name: name, kind: goroutines, leaks: never}
		isLeak := slices.Contains(f.Leaks, name)
		if isLeak && f.Kind == "heap" || slices.Contains(holds[f.Run], name) {
			live.leaks = 0
		}
		// A leak of goroutines holds bytes too, as far as the heap shows them.
		live.unclear = isLeak && f.Kind != "heap" || name == writerScanner || name == libraries
		for _, p := range recorded.Points {
			live.points = append(live.points, verdict.Point{
				Time: at(p[0]), GC: uint32(p[1]), Live: p[2], Error: p[3], Allocated: p[4],
			})
			count.points = append(count.points, verdict.Point{Time: at(p[0]), Live: p[6]})
		}
		if last := count.points[len(count.points)-1]; isLeak && last.Live > 100 {
			count.leaks = 0
		}
		r.rows = append(r.rows, live, count)
	}
	number := row{name: "(process)", kind: goroutines, leaks: never}
	external := row{name: "(process)", kind: outside, leaks: never}
	if f.Kind == "goroutine" || strings.HasPrefix(f.Run, "bspreload") {
		number.leaks = 0
	}
	if f.Kind == "external" {
		external.leaks = 0
	}
	for _, p := range f.Process {
		external.points = append(external.points, verdict.Point{Time: at(p[0]), Live: p[4]})
		number.points = append(number.points, verdict.Point{Time: at(p[0]), Live: p[5]})
	}
	r.rows = append(r.rows, number, external)
	return r
}

// server is a run of a real server for about ten minutes, read each 5 s. Its
// collections were not recorded: where no row of a reading differs from the
// reading before, there was none.
func server(f file) recording {
	r := recording{name: f.Run, program: f.Run, wrapped: strings.HasSuffix(f.Run, "-wrap")}
	cycle := cycles(f)
	for name, recorded := range f.Rows {
		live := row{name: name, leaks: never, unclear: name == libraries}
		if slices.Contains(f.Planted, name) {
			live.leaks = f.PlantedFrom
			// The leak's bytes belong to one of the planted rows; the other
			// may show nothing of it.
			if last := recorded.Points[len(recorded.Points)-1]; last[1] < 10e6 {
				live.leaks = never
			}
		}
		for _, p := range recorded.Points {
			live.points = append(live.points, verdict.Point{
				Time: at(p[0]), GC: cycle[p[0]], Live: p[1], Error: p[2], Allocated: p[3],
			})
		}
		r.rows = append(r.rows, live)
	}
	return r
}

// cycles numbers the collections by the time of the reading that first shows
// them.
func cycles(f file) map[float64]uint32 {
	type figures struct{ live, allocated float64 }
	readings := make(map[float64]map[string]figures)
	for name, recorded := range f.Rows {
		for _, p := range recorded.Points {
			if readings[p[0]] == nil {
				readings[p[0]] = make(map[string]figures)
			}
			readings[p[0]][name] = figures{p[1], p[3]}
		}
	}
	numbers := make(map[float64]uint32)
	var last map[string]figures
	number := uint32(0)
	for _, t := range slices.Sorted(maps.Keys(readings)) {
		if !maps.Equal(readings[t], last) {
			number++
			last = readings[t]
		}
		numbers[t] = number
	}
	return numbers
}

func (k kind) String() string {
	return [...]string{heap: "live heap", goroutines: "goroutines", outside: "memory outside Go"}[k]
}
