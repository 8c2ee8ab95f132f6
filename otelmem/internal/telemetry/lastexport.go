package telemetry

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/metric"
)

// lastExportTimeout is how long the last export may take. A collector that does not
// answer must not keep a service from ending.
const lastExportTimeout = 2 * time.Second

// lastExport is what is observed, until the provider has exported the end of it: the
// provider's own last collection comes after diagnostics have ended.
type lastExport struct {
	provider     metric.MeterProvider
	observe      func() Observation
	registration metric.Registration // nil if it failed
	final        atomic.Pointer[Observation]
}

// observation is what there is now, or was when Close was called.
func (l *lastExport) observation() Observation {
	if final := l.final.Load(); final != nil {
		return *final
	}
	return l.observe()
}

// Close has the metrics exported as they are now, and unregisters what is observed.
// Where the provider cannot be flushed, or fails to in two seconds, the last observation
// stays what is observed until the provider is gone.
func (m *Meter) Close() error {
	l := &m.last
	final := l.observe()
	l.final.Store(&final)
	flusher, ok := l.provider.(interface{ ForceFlush(context.Context) error })
	if l.registration == nil || !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), lastExportTimeout)
	defer cancel()
	if flusher.ForceFlush(ctx) != nil {
		return nil // the provider reports it, and exports once more when it is shut down
	}
	if err := l.registration.Unregister(); err != nil {
		return fmt.Errorf("unregister the observed metrics: %w", err)
	}
	return nil
}
