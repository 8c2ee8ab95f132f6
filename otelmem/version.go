package otelmem

import "github.com/otelmem/otelmem-go/internal/attrs"

// ScopeName is the instrumentation scope of the spans that [Diagnostics.Track] starts
// and of all metrics. Event spans have one of their own, that of package dump.
const ScopeName = attrs.Scope

// Version is the release of this module, without a leading "v". Spans, event spans and
// metrics carry it as the version of their instrumentation scope.
func Version() string { return attrs.Version }
