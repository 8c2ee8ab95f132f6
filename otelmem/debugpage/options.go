package debugpage

import (
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"
)

type config struct {
	traceURL     string
	dumpInterval time.Duration
	hosts        []string // lower case, without a port
	origins      *http.CrossOriginProtection
	problems     []string // what is wrong with options, shown on each page
}

// Option changes a [Handler]. A zero value given to an option changes nothing;
// an invalid one is left out, and the page says so.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

func newConfig(opts []Option) config {
	c := config{dumpInterval: 10 * time.Second, origins: http.NewCrossOriginProtection()}
	for _, opt := range opts {
		if opt != nil {
			opt.apply(&c)
		}
	}
	return c
}

// Placeholders of [WithTraceURL].
const (
	traceIDPlace = "{trace_id}"
	spanIDPlace  = "{span_id}"
)

// WithTraceURL links trace ids to where traces are looked at:
// "http://localhost:16686/trace/{trace_id}". {span_id} is replaced too. It must be
// http or https. By default trace ids are text.
func WithTraceURL(template string) Option {
	return optionFunc(func(c *config) {
		if template == "" {
			return
		}
		if err := checkTraceURL(template); err != nil {
			c.problems = append(c.problems, "Trace ids are not links: "+err.Error())
			return
		}
		c.traceURL = template
	})
}

func checkTraceURL(text string) error {
	wrong := func(why string) error {
		return fmt.Errorf("WithTraceURL(%q): %s; want something like http://localhost:16686/trace/{trace_id}", text, why)
	}
	traceID, spanID := strings.Repeat("0", 32), strings.Repeat("1", 16)
	u, err := url.Parse(fill(text, traceID, spanID))
	switch {
	case err != nil:
		return wrong("it is no URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return wrong("its scheme is neither http nor https")
	case u.Host == "":
		return wrong("it names no host")
	case strings.Contains(u.Host, traceID) || strings.Contains(u.Host, spanID):
		return wrong("its host would change with each trace")
	case !strings.Contains(text, traceIDPlace):
		return wrong("it has no " + traceIDPlace)
	}
	return nil
}

func fill(text, traceID, spanID string) string {
	return strings.NewReplacer(traceIDPlace, traceID, spanIDPlace, spanID).Replace(text)
}

// trace is the link to a trace, empty for none.
func (c *config) trace(traceID, spanID string) template.URL {
	if c.traceURL == "" {
		return ""
	}
	// The template was checked, and ids are hexadecimal.
	return template.URL(fill(c.traceURL, traceID, spanID))
}

// WithDumpInterval sets the least time between two heap profiles that are written
// from the page. The default is 10 seconds, the least 1.
func WithDumpInterval(d time.Duration) Option {
	return optionFunc(func(c *config) {
		switch {
		case d == 0:
		case d < time.Second:
			c.problems = append(c.problems, fmt.Sprintf("WithDumpInterval(%v): want 1s or more; it is %v", d, c.dumpInterval))
		default:
			c.dumpInterval = d
		}
	})
}
