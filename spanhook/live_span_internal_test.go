package spanhook

import (
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// The version says the truth about the SDK that is linked.
func TestWhetherAttributesOfALiveSpanStay(t *testing.T) {
	_, span := sdktrace.NewTracerProvider().Tracer("test").Start(t.Context(), "op")
	defer span.End()
	// Room for another one stays behind the two that differ.
	span.SetAttributes(attribute.Int("a", 1), attribute.Int("b", 1), attribute.Int("b", 2))
	read := span.(sdktrace.ReadOnlySpan).Attributes()
	span.SetAttributes(attribute.Int("a", 2))
	_ = span.(sdktrace.ReadOnlySpan).Attributes()
	if stays := read[0].Value.AsInt64() == 1; stays != attributesStay {
		t.Errorf("attributes that were read stay: %t, want %t", stays, attributesStay)
	}
}

func TestVersionsWhoseAttributesStay(t *testing.T) {
	for version, want := range map[string]bool{
		"1.40.0": false, "1.45.9": false, "1.46.0": true, "1.46.0-rc.1": true, "1.100.0": true, "2.0.0": true, "0.99.0": false, "": false, "devel": false,
	} {
		if got := attributesStayIn(version); got != want {
			t.Errorf("%q: %t, want %t", version, got, want)
		}
	}
}
