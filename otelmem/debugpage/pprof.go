package debugpage

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/google/pprof/driver"
	"github.com/google/pprof/profile"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/dump/compare"
)

// pprofStarts is held while pprof starts: it has settings that are global.
var pprofStarts sync.Mutex

// newPprof returns pprof's pages of the first dump, less the second if there is
// one. They start no program and read no file.
func newPprof(dumps []*dump.Entry) (http.Handler, error) {
	set := flag.NewFlagSet("pprof", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	args := []string{"-http=localhost:0", "-no_browser", "-symbolize=none"}
	if len(dumps) > 1 {
		args = append(args, "-diff_base="+nameOf(dumps[1]))
	}
	args = append(args, nameOf(dumps[0]))
	var pages map[string]http.Handler
	pprofStarts.Lock()
	defer pprofStarts.Unlock()
	err := driver.PProf(&driver.Options{
		Flagset: &flags{FlagSet: set, args: args},
		Fetch:   fetcher(dumps),
		Obj:     noObjects{},
		UI:      silent{},
		HTTPServer: func(a *driver.HTTPServerArgs) error {
			pages = a.Handlers
			return nil
		},
	})
	if err != nil {
		return nil, fmt.Errorf("draw %s: %w", nameOf(dumps[0]), err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if page := pages[r.URL.Path]; page != nil {
			page.ServeHTTP(w, r)
			return
		}
		http.NotFound(w, r)
	}), nil
}

// fetcher gives pprof the dumps by their names, and nothing else.
type fetcher []*dump.Entry

func (f fetcher) Fetch(name string, _, _ time.Duration) (*profile.Profile, string, error) {
	for _, d := range f {
		if nameOf(d) == name {
			p, err := compare.Read(d.Path)
			return p, "", err
		}
	}
	return nil, "", fmt.Errorf("heap profile %q: it was not asked for", name)
}

// noObjects opens no binaries.
type noObjects struct{}

var errNoObjects = errors.New("binaries are not read here")

func (noObjects) Open(string, uint64, uint64, uint64, string) (driver.ObjFile, error) {
	return nil, errNoObjects
}

func (noObjects) Disasm(string, uint64, uint64, bool) ([]driver.Inst, error) {
	return nil, errNoObjects
}

// silent is a terminal that is not there.
type silent struct{}

func (silent) ReadLine(string) (string, error)     { return "", io.EOF }
func (silent) Print(...any)                        {}
func (silent) PrintErr(...any)                     {}
func (silent) IsTerminal() bool                    { return false }
func (silent) WantBrowser() bool                   { return false }
func (silent) SetAutoComplete(func(string) string) {}

// flags gives pprof its flags.
type flags struct {
	*flag.FlagSet
	args []string
}

func (f *flags) StringList(name, def, usage string) *[]*string {
	return &[]*string{f.String(name, def, usage)}
}
func (f *flags) ExtraUsage() string   { return "" }
func (f *flags) AddExtraUsage(string) {}

func (f *flags) Parse(func()) []string {
	if err := f.FlagSet.Parse(f.args); err != nil {
		return nil
	}
	return f.Args()
}
