package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelmem/otelmem-go/internal/inplace"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/internal/watch"
)

// watchSettings are the flags of the command.
type watchSettings struct {
	every, length time.Duration
	files         []string
	out           string
	page          string
	otlp          bool
	service       string
	apps          []string
	headers       []string
	format        string
	options       watch.Options
}

func newWatch() *cobra.Command {
	var s watchSettings
	goroutines := true
	c := &cobra.Command{
		Use:   "watch URL... | watch --files PATTERN",
		Short: "Judge any running Go program by its net/http/pprof, or profiles on disk",
		Long: `watch says which code of a running Go program holds its memory, since when, and
whether it leaks, by what the program serves with net/http/pprof already: nothing is
added to it. URL is http://HOST:PORT, https://HOST:PORT or unix:///PATH, with or without
/debug/pprof/.

It reads a heap profile and the goroutines again and again, and so slowly that this takes
at most 1 % of one core of the program, by the time that it takes to answer. It never
asks for a garbage collection unless --gc is given. A leak is suspected after a minute at
the earliest. Ctrl-C ends with the answer.

It ends with 0 where nothing leaks, 3 where something is suspected to leak, 1 where it
cannot say, because a program could not be read or was not watched for long enough, and
2 where it was called wrongly.`,
		Example: `  otelmem watch http://localhost:6060
  otelmem watch --for 10m --out profiles http://10.0.0.7:6060/debug/pprof/ http://10.0.0.8:6060/debug/pprof/
  otelmem watch --page 127.0.0.1:6071 unix:///run/app.sock
  otelmem watch --files 'night/*.pb.gz'`,
		Args: cobra.ArbitraryArgs,
	}
	f := c.Flags()
	f.DurationVar(&s.every, "every", 15*time.Second, "how often to read, at least 1s; slower where an answer takes long")
	f.DurationVar(&s.length, "for", 0, "for how long to watch; 0 until it is interrupted")
	f.StringArrayVar(&s.files, "files", nil, "judge profiles on disk, in the order of their own time; * stands for any part of a name")
	f.StringVar(&s.out, "out", "", "keep the profiles that matter in this folder: the first, the last, each that changed what is suspected")
	f.StringVar(&s.page, "page", "", "serve the debug page of what is watched at this address, as 127.0.0.1:6071")
	f.BoolVar(&s.otlp, "otlp", false, "export metrics and events by the OTEL_EXPORTER_OTLP_* variables, as the program's own")
	f.StringVar(&s.service, "service", "", "the program's service name; by default OTEL_SERVICE_NAME, or the name of its file")
	f.StringSliceVar(&s.apps, "app", nil, "import paths of the application's packages, where it is not told from dependencies by its files")
	f.IntVar(&s.options.PID, "pid", 0, "the program's process on this machine, for RSS and limit; by default the one that listens there")
	f.BoolVar(&s.options.GC, "gc", false, "have the program collect its garbage before each reading: exact figures, for a collection each time")
	f.BoolVar(&goroutines, "goroutines", true, "read the goroutines too")
	f.StringVar(&s.format, "format", "text", "text or json: a line a reading")
	f.StringArrayVarP(&s.headers, "header", "H", nil, "a header of each request, as 'Authorization: Bearer ...'")
	f.StringVar(&s.options.CAFile, "ca", "", "a file in PEM with the authorities to trust")
	f.StringVar(&s.options.CertFile, "cert", "", "a file in PEM with a client certificate")
	f.StringVar(&s.options.KeyFile, "key", "", "a file in PEM with its key; by default that of --cert")
	f.BoolVar(&s.options.Insecure, "insecure", false, "trust any certificate")
	choice(c, "format", "text", "json")
	c.RunE = func(c *cobra.Command, args []string) error {
		s.options.NoGoroutines = !goroutines
		w, err := s.prepare(args, c.OutOrStdout(), c.ErrOrStderr())
		if err != nil {
			return &usageError{err}
		}
		return w.run(c.Context())
	}
	return c
}

// watching is a run of the command.
type watching struct {
	watchSettings
	programs []*watched
	show     shower
	out, err io.Writer
	mu       sync.Mutex // one event at a time
}

// watched is one of the programs.
type watched struct {
	*watch.Program
	target *watch.Target // nil where it is read from files
	files  []watch.File
	keeper *watch.Keeper // nil for none
	keptIn string        // the keeper's folder
	export *exported     // nil for none
}

// shower shows events, and the answer at the end.
type shower interface {
	show(*watch.Event)
	note(text string)
	answer([]*watched)
	run(ctx context.Context)
}

// prepare checks what the command was given, and makes what it is about.
func (s *watchSettings) prepare(args []string, out, errs io.Writer) (*watching, error) {
	switch {
	case len(args) == 0 && len(s.files) == 0:
		return nil, errors.New("watch what? want the URL of a program that serves net/http/pprof, or --files; see otelmem watch --help")
	case len(args) > 0 && len(s.files) > 0:
		return nil, errors.New("want URLs or --files, not both")
	case s.every < time.Second:
		return nil, fmt.Errorf("--every %v: want 1s or more", s.every)
	case s.length < 0:
		return nil, fmt.Errorf("--for %v: want more than 0s, or 0 until it is interrupted", s.length)
	case s.options.PID < 0 || s.options.PID > 0 && len(args) != 1:
		return nil, fmt.Errorf("--pid %d: want the process of the one program that is watched", s.options.PID)
	case s.otlp && len(s.files) > 0:
		return nil, errors.New("--otlp is for programs that run: backends refuse what is of last night")
	}
	header, err := headersOf(s.headers)
	if err != nil {
		return nil, err
	}
	s.options.Header = header
	w := &watching{watchSettings: *s, out: out, err: errs}
	for _, arg := range args {
		address, err := watch.ParseAddress(arg)
		if err != nil {
			return nil, err
		}
		target, err := watch.NewTarget(address, s.options)
		if err != nil {
			return nil, err
		}
		w.add(&watched{Program: watch.NewProgram(address.Instance(), s.serviceName(), s.apps), target: target})
	}
	for _, pattern := range s.files {
		files, skipped, err := watch.FindFiles(pattern)
		for _, of := range skipped {
			fmt.Fprintf(errs, "otelmem: left out: %s: %s\n", textfmt.Printable(of.Path), textfmt.Printable(of.Err.Error()))
		}
		if err != nil {
			return nil, err
		}
		w.add(&watched{Program: watch.NewProgram(pattern, s.serviceName(), s.apps), files: files})
	}
	switch {
	case s.format == "json":
		w.show = &jsonLines{out: out}
	case inplace.IsTerminal(out) && len(s.files) == 0:
		w.show = newScreen(out, w)
	default:
		w.show = &plainLines{out: out, said: make(map[*watch.Program]string)}
	}
	return w, nil
}

func (w *watching) add(p *watched) {
	if w.watchSettings.out != "" {
		p.keeper, p.keptIn = watch.NewKeeper(w.watchSettings.out), w.watchSettings.out
	}
	w.programs = append(w.programs, p)
}

// headersOf reads headers as curl takes them.
func headersOf(texts []string) (http.Header, error) {
	header := make(http.Header)
	for _, text := range texts {
		name, value, ok := strings.Cut(text, ":")
		if name = strings.TrimSpace(name); !ok || name == "" || strings.ContainsAny(name, " \t\r\n") || strings.ContainsAny(value, "\r\n") {
			// Its value may be a secret.
			return nil, fmt.Errorf("--header %q: want 'Name: value'", name)
		}
		header.Add(name, strings.TrimSpace(value))
	}
	return header, nil
}

// run watches until the time is over, or ctx is done, and gives the answer.
func (w *watching) run(ctx context.Context) error {
	if err := w.startExport(ctx); err != nil {
		return err
	}
	defer w.stopExport()
	stopPage, err := w.servePage()
	if err != nil {
		return &usageError{err}
	}
	defer stopPage()
	showing, stopShowing := context.WithCancel(context.Background())
	var shown sync.WaitGroup
	shown.Go(func() { w.show.run(showing) })
	w.follow(ctx)
	stopShowing()
	shown.Wait()
	for _, p := range w.programs {
		if p.target != nil {
			p.target.Close()
		}
		if p.keeper != nil {
			file, err := p.keeper.Close(p.Program)
			w.kept(file, err)
		}
	}
	w.show.answer(w.programs)
	if len(w.files) > 0 && w.page != "" {
		<-ctx.Done() // the page is what it was called for
	}
	return w.verdict()
}

// follow reads all programs until it is over.
func (w *watching) follow(ctx context.Context) {
	var until time.Time
	if w.length > 0 {
		until = time.Now().Add(w.length)
	}
	var all sync.WaitGroup
	for _, p := range w.programs {
		if p.target == nil {
			watch.EachReading(p.files, func(r *watch.Profiles) {
				w.heard(p, &watch.Event{Program: p.Program, Profiles: r, Taken: p.Take(r)})
			})
			continue
		}
		all.Go(func() {
			watch.Follow(ctx, p.target, p.Program, w.every, until, func(e *watch.Event) { w.heard(p, e) })
		})
	}
	all.Wait()
}

// heard is called with each reading.
func (w *watching) heard(p *watched, e *watch.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if p.keeper != nil {
		file, err := p.keeper.Take(p.Program, e.Profiles, &e.Taken)
		w.kept(file, err)
	}
	p.export.take(e)
	w.show.show(e)
}

// leakError says that something is suspected to leak.
type leakError struct{ error }

// verdict is the command's exit as an error.
func (w *watching) verdict() error {
	var leaks, unknown []string
	for _, p := range w.programs {
		switch answer, why := p.Answer(); answer {
		case watch.Leaks:
			leaks = append(leaks, p.String())
		case watch.CannotSay:
			unknown = append(unknown, p.String()+": "+why)
		}
	}
	switch {
	case len(leaks) > 0:
		return &leakError{fmt.Errorf("a leak is suspected in %s", strings.Join(leaks, ", "))}
	case len(unknown) > 0:
		return fmt.Errorf("cannot say whether it leaks: %s", strings.Join(unknown, "; "))
	}
	return nil
}
