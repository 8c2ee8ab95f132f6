package appframe

import (
	"runtime/debug"
	"testing"
)

func module(path, version, replacedBy string) *debug.Module {
	m := &debug.Module{Path: path, Version: version}
	if replacedBy != "" {
		m.Replace = &debug.Module{Path: replacedBy}
	}
	return m
}

var shop = newProgram(&debug.BuildInfo{
	Main: debug.Module{Path: "github.com/acme/shop"},
	Deps: []*debug.Module{
		module("github.com/acme/shop/api", "v1.2.0", ""),
		module("github.com/acme/other", "v1.0.0", ""),
		module("github.com/acme/inworkspace", "(devel)", ""),
		module("k8s.io/client-go", "v0.30.0", ""),
		module("corp/lib", "v1.0.0", ""),
		module("example.com/vendored", "v0.0.0", "./vendored"),
		module("example.com/fork", "v1.0.0", "github.com/acme/fork"),
		module("go.opentelemetry.io/collector/processor/batchprocessor", "v0.155.0", ""),
		module("gopkg.in/yaml.v3", "v3.0.1", ""),
		module("github.com/otelmem/otelmem-go", "v0.1.0", "../otelmem-go"),
	},
})

func TestFunctionBelongsToItsModule(t *testing.T) {
	for function, want := range map[string]Kind{
		"main.main":                                Application,
		"main.(*cart).add.func1":                   Application,
		"github.com/acme/shop.Run":                 Application,
		"github.com/acme/shop/cart.Add":            Application,
		"github.com/acme/shop/cart_test.TestAdd":   Application,
		"github.com/acme/shop/api.Serve":           Application, // a module of the same repository
		"github.com/acme/shopping.Add":             Dependency,
		"github.com/acme/other.Add":                Dependency,
		"github.com/acme/inworkspace.Add":          Application,
		"example.com/vendored/x.F":                 Application,
		"example.com/fork/x.F":                     Dependency,
		"gopkg.in/yaml%2ev3.Unmarshal":             Dependency,
		"corp/lib/x.F":                             Dependency,
		"k8s.io/client-go/transport.New":           Dependency,
		"github.com/gin-gonic/gin.(*C).Next":       Dependency,
		"net/http.(*conn).serve":                   Standard,
		"fmt.Sprint":                               Standard,
		"runtime/pprof.Do":                         Standard,
		"vendor/golang.org/x/net/idna.f":           Standard,
		"shop/internal/cart.Add":                   Standard, // no module of this program
		"runtime.mallocgc":                         Runtime,
		"internal/runtime/maps.(*Map).growToTable": Runtime,
		"": Runtime,
		"github.com/otelmem/otelmem-go/internal/heaptag.Do":                                          Module,
		"github.com/otelmem/otelmem-go/otelmem.Do":                                                   Module,
		"github.com/otelmem/otelmem-go/otelmem/memgrpc.F":                                            Module,
		"github.com/otelmem/otelmem-go/examples/worker/job.Run":                                      Application, // replaced by a folder
		"slices.Grow[go.shape.[]github.com/acme/shop.Item,go.shape.struct { Key github.com/a/b.C }]": Standard,
		"github.com/acme/shop.(*Set[go.shape.string]).Add":                                           Application,
		"main.Map[go.shape.*net/http.Request]":                                                       Application,
	} {
		if got := shop.kindOf(PackageOf(function)); got != want {
			t.Errorf("%q: kind %d, want %d", function, got, want)
		}
	}
}

func TestCollectorsOwnCodeIsTheApplicationInACollector(t *testing.T) {
	collector := newProgram(&debug.BuildInfo{
		Main: debug.Module{Path: "go.opentelemetry.io/collector/cmd/otelcorecol"},
		Deps: []*debug.Module{module("go.opentelemetry.io/collector/exporter", "v0.155.0", ""), module("go.opentelemetry.io/otel", "v1.47.0", "")},
	})
	for function, want := range map[string]Kind{
		"go.opentelemetry.io/collector/exporter/queue.(*Queue).Offer": Application,
		"go.opentelemetry.io/otel/sdk/trace.NewSpan":                  Dependency,
	} {
		if got := collector.kindOf(PackageOf(function)); got != want {
			t.Errorf("%q: kind %d, want %d", function, got, want)
		}
		if got := shop.kindOf(PackageOf(function)); got != Dependency {
			t.Errorf("in another program %q: kind %d, want a dependency", function, got)
		}
	}
}

func TestModuleWithoutADotIsNotTheStandardLibrary(t *testing.T) {
	p := newProgram(&debug.BuildInfo{Main: debug.Module{Path: "shop"}, Deps: []*debug.Module{module("corp/lib", "v1.0.0", "")}})
	for function, want := range map[string]Kind{"shop/cart.Add": Application, "corp/lib.F": Dependency, "net/http.Get": Standard} {
		if got := p.kindOf(PackageOf(function)); got != want {
			t.Errorf("%q: kind %d, want %d", function, got, want)
		}
	}
}

func TestWithoutBuildInformationOtherCodeIsTheApplications(t *testing.T) {
	p := newProgram(new(debug.BuildInfo))
	for function, want := range map[string]Kind{"github.com/acme/shop.Add": Application, "main.main": Application, "net/http.Get": Standard} {
		if got := p.kindOf(PackageOf(function)); got != want {
			t.Errorf("%q: kind %d, want %d", function, got, want)
		}
	}
}
