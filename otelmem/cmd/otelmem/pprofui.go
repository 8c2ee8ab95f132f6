package main

import (
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/google/pprof/driver"
	"github.com/google/pprof/profile"
)

// pprofOptions gives pprof's driver its surroundings: these arguments, profiles from
// read, by the name that they have among the arguments, messages to out, and nobody to
// ask.
func pprofOptions(read func(name string) (*profile.Profile, error), out io.Writer, args ...string) *driver.Options {
	set := flag.NewFlagSet("pprof", flag.ContinueOnError)
	set.SetOutput(out)
	return &driver.Options{Flagset: &flags{set, args}, Fetch: fetcher(read), UI: terminal{out}}
}

type flags struct {
	*flag.FlagSet
	args []string
}

func (f *flags) StringList(name, value, usage string) *[]*string {
	return &[]*string{f.String(name, value, usage)}
}
func (*flags) ExtraUsage() string   { return "" }
func (*flags) AddExtraUsage(string) {}
func (f *flags) Parse(usage func()) []string {
	f.Usage = usage
	if f.FlagSet.Parse(f.args) != nil {
		return nil
	}
	return f.Args()
}

type fetcher func(name string) (*profile.Profile, error)

func (f fetcher) Fetch(name string, _, _ time.Duration) (*profile.Profile, string, error) {
	p, err := f(name)
	return p, "", err
}

type terminal struct{ out io.Writer }

func (t terminal) Print(args ...any)                 { fmt.Fprintln(t.out, args...) }
func (t terminal) PrintErr(args ...any)              { fmt.Fprintln(t.out, args...) }
func (terminal) ReadLine(string) (string, error)     { return "", io.EOF }
func (terminal) IsTerminal() bool                    { return false }
func (terminal) WantBrowser() bool                   { return true }
func (terminal) SetAutoComplete(func(string) string) {}
