package telemetry

import "go.opentelemetry.io/otel/metric"

// instruments makes instruments and gathers what goes wrong.
type instruments struct {
	meter metric.Meter
	errs  []error
}

func made[I any](in *instruments, instrument I, err error) I {
	if err != nil {
		in.errs = append(in.errs, err)
	}
	return instrument
}

func (in *instruments) histogram(name, unit, description string) metric.Int64Histogram {
	i, err := in.meter.Int64Histogram(name, metric.WithUnit(unit), metric.WithDescription(description),
		metric.WithExplicitBucketBoundaries(growthBounds...))
	return made(in, i, err)
}

func (in *instruments) counter(name, unit, description string) metric.Int64Counter {
	i, err := in.meter.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(description))
	return made(in, i, err)
}

func (in *instruments) gauge(name, unit, description string) metric.Int64ObservableGauge {
	i, err := in.meter.Int64ObservableGauge(name, metric.WithUnit(unit), metric.WithDescription(description))
	return made(in, i, err)
}

func (in *instruments) floatGauge(name, unit, description string) metric.Float64ObservableGauge {
	i, err := in.meter.Float64ObservableGauge(name, metric.WithUnit(unit), metric.WithDescription(description))
	return made(in, i, err)
}

func (in *instruments) observableCounter(name, unit, description string) metric.Int64ObservableCounter {
	i, err := in.meter.Int64ObservableCounter(name, metric.WithUnit(unit), metric.WithDescription(description))
	return made(in, i, err)
}

func (in *instruments) floatCounter(name, unit, description string) metric.Float64ObservableCounter {
	i, err := in.meter.Float64ObservableCounter(name, metric.WithUnit(unit), metric.WithDescription(description))
	return made(in, i, err)
}
