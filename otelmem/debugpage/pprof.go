package debugpage

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/google/pprof/driver"
	"github.com/google/pprof/profile"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/dump/compare"
	"github.com/otelmem/otelmem-go/internal/pprofui"
)

// pprofStarts is held while pprof starts: it has settings that are global.
var pprofStarts sync.Mutex

// newPprof returns pprof's pages of the first dump, less the second if there is
// one. They start no program and read no file.
func newPprof(dumps []*dump.Entry) (http.Handler, error) {
	args := []string{"-http=localhost:0", "-no_browser", "-symbolize=none"}
	if len(dumps) > 1 {
		args = append(args, "-diff_base="+nameOf(dumps[1]))
	}
	args = append(args, nameOf(dumps[0]))
	options := pprofui.Options(among(dumps), io.Discard, args...)
	options.Obj = noObjects{}
	var pages map[string]http.Handler
	options.HTTPServer = func(a *driver.HTTPServerArgs) error {
		pages = a.Handlers
		return nil
	}
	pprofStarts.Lock()
	defer pprofStarts.Unlock()
	if err := driver.PProf(options); err != nil {
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

// among reads the dumps by their names, and nothing else.
func among(dumps []*dump.Entry) func(name string) (*profile.Profile, error) {
	return func(name string) (*profile.Profile, error) {
		for _, d := range dumps {
			if nameOf(d) == name {
				return compare.Read(d.Path)
			}
		}
		return nil, fmt.Errorf("heap profile %q: it was not asked for", name)
	}
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
