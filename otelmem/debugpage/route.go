package debugpage

import (
	"strings"

	"github.com/otelmem/otelmem-go/dump"
)

// route is what a path asks for. The handler does not know where it is mounted,
// with or without [http.StripPrefix]: a path is read from its end.
type route struct {
	page string
	// dump is the name of a heap profile; base that of another, which is
	// subtracted from it.
	dump, base string
}

const (
	pageNow        = "now"
	pageOperations = "operations"
	pageSpans      = "spans"
	pageDumps      = "dumps"
	pageDump       = "dump" // a file
	pageCompare    = "compare"
	pageFlame      = "flame"
	pageReport     = "report"
	pageReportText = "report.txt"
	pageReportJSON = "report.json"
	pageEvents     = "events"
	pageEnable     = "enable"
	pageStyle      = "page.css"
	pageScript     = "page.js"
)

// parseRoute returns a zero route where there is nothing.
func parseRoute(path string) route {
	parts := strings.Split(path, "/")
	last := parts[len(parts)-1]
	if r, ok := flameRoute(parts); ok {
		return r
	}
	switch last {
	case "":
		return route{page: pageNow}
	case pageOperations, pageSpans, pageDumps, pageCompare, pageReport, pageReportText, pageReportJSON, pageEvents, pageEnable, pageStyle, pageScript:
		return route{page: last}
	}
	if len(parts) >= 2 && parts[len(parts)-2] == pageDumps && dump.IsFileName(last) {
		return route{page: pageDump, dump: last}
	}
	return route{}
}

// flameView is the end of a flame graph's path.
const flameView = "ui/flamegraph"

// flameRoute reads …/flame/DUMP/ui/flamegraph and …/flame/DUMP/BASE/ui/flamegraph.
func flameRoute(parts []string) (route, bool) {
	for i, part := range parts {
		if part != pageFlame || i+2 >= len(parts) || !dump.IsFileName(parts[i+1]) {
			continue
		}
		r := route{page: pageFlame, dump: parts[i+1]}
		at := i + 2
		if dump.IsFileName(parts[at]) {
			r.base = parts[at]
			at++
		}
		if strings.Join(parts[at:], "/") == flameView {
			return r, true
		}
	}
	return route{}, false
}
