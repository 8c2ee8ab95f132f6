package spanhook

import (
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// attributesStay says whether the SDK leaves alone what it has returned as the attributes
// of a span that has not ended. Before v1.46.0 it writes to that slice later, as
// attributes are set and as the span ends, and to that of an ended span which exporters
// read as it is asked again. No lock of ours can keep that from a reader.
var attributesStay = attributesStayIn(sdk.Version())

func attributesStayIn(version string) bool {
	var major, minor int
	if _, err := fmt.Sscanf(version, "%d.%d", &major, &minor); err != nil {
		return false
	}
	return major > 1 || major == 1 && minor >= 46
}

// readable returns s as others may read it while it runs, and after.
func readable(s sdktrace.ReadWriteSpan) sdktrace.ReadWriteSpan {
	if _, ours := s.(*record); ours || attributesStay {
		return s
	}
	return withoutAttributes{s}
}

// withoutAttributes is a span in flight whose attributes cannot be read.
type withoutAttributes struct{ sdktrace.ReadWriteSpan }

func (withoutAttributes) Attributes() []attribute.KeyValue { return nil }
