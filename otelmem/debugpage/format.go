package debugpage

import (
	"fmt"
	"html/template"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// formats are the functions of the templates.
var formats = template.FuncMap{
	"shown":     shown,
	"source":    func(s report.Site) string { return source(s.Function, s.File, int64(s.Line)) },
	"function":  shortFunction,
	"breaks":    breaks,
	"breakPath": breakPath,
	"size":      textfmt.Size,
	"signed":    textfmt.SignedSize,
	"rate":      rate,
	"duration":  duration,
	"clock":     func(t time.Time) string { return t.Local().Format("15:04:05") },
	"day":       func(t time.Time) string { return t.Local().Format("2006-01-02") },
	"stamp":     func(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) },
	"count":     count,
	"float":     func(f float64) string { return fmt.Sprintf("%.1f", f) },
}

// maxShown is how much of a name is shown, in characters.
const maxShown = 400

// shown makes a stranger's text fit to be read: no control characters, which
// could turn its direction, and not without end.
func shown(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if utf8.RuneCountInString(text) > maxShown {
		text = string([]rune(text)[:maxShown-1]) + "…"
	}
	return textfmt.Printable(text)
}

// source is a line of code in short: relative to the main module, else the folder and
// the file.
func source(function, file string, line int64) string {
	return fmt.Sprintf("%s:%d", shown(textfmt.ShortSource(function, file)), line)
}

func shortFunction(name string) string { return shown(textfmt.ShortFunction(name)) }

// breaks lets a long name be broken where its parts meet: after a slash or a dot, and
// before a parenthesis. It escapes the text.
func breaks(text string) template.HTML { return breakable(text, "/.", "(") }

// breakPath does so for the path of a file.
func breakPath(text string) template.HTML { return breakable(text, "/", "") }

func breakable(text, after, before string) template.HTML {
	var out strings.Builder
	for i, c := range text {
		if i > 0 && strings.ContainsRune(before, c) {
			out.WriteString("<wbr>")
		}
		out.WriteString(template.HTMLEscapeString(string(c)))
		if strings.ContainsRune(after, c) {
			out.WriteString("<wbr>")
		}
	}
	return template.HTML(out.String()) //nolint:gosec // escaped, character by character
}

// clip shortens a text that is shown on demand only.
func clip(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// rate formats bytes a second.
func rate(perSecond float64) string { return textfmt.Size(int64(perSecond)) + "/s" }

// count formats a number in groups of three.
func count(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "\u202f" + text[i:]
	}
	return text
}

// duration formats a time as people read it: 850µs, 12ms, 3.2s, 4m 05s, 2h 10m,
// 3d 4h.
func duration(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return d.Round(time.Microsecond).String()
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < 10*time.Second:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.0fs", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%dm %02ds", int(d.Minutes()), int(d.Seconds())%60)
	case d < 24*time.Hour:
		return fmt.Sprintf("%dh %02dm", int(d.Hours()), int(d.Minutes())%60)
	default:
		return fmt.Sprintf("%dd %dh", int(d.Hours())/24, int(d.Hours())%24)
	}
}
