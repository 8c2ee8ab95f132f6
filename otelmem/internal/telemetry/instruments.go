package telemetry

import (
	"fmt"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
)

// instruments makes instruments. One that cannot be made, such as one that a view
// aggregates in a way its kind does not allow, is reported and records nothing: the
// others do not depend on it.
type instruments struct {
	meter      metric.Meter
	disable    func(part, reason string)
	observable []metric.Observable // those that were made
}

func (in *instruments) failed(name string, err error) bool {
	if err != nil {
		in.disable("metric "+name, fmt.Sprintf("create the instrument: %v; look at the views of the meter provider", err))
	}
	return err != nil
}

func (in *instruments) histogram(name, unit, description string) metric.Int64Histogram {
	i, err := in.meter.Int64Histogram(name, metric.WithUnit(unit), metric.WithDescription(description),
		metric.WithExplicitBucketBoundaries(growthBounds...))
	if in.failed(name, err) {
		return noop.Int64Histogram{}
	}
	return i
}

func (in *instruments) counter(name, unit, description string) metric.Int64Counter {
	i, err := in.meter.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(description))
	if in.failed(name, err) {
		return noop.Int64Counter{}
	}
	return i
}

func (in *instruments) upDownCounter(name, unit, description string) observedInt {
	i, err := in.meter.Int64ObservableUpDownCounter(name, metric.WithUnit(unit), metric.WithDescription(description))
	return in.observedInt(name, i, err)
}

func (in *instruments) observableCounter(name, unit, description string) observedInt {
	i, err := in.meter.Int64ObservableCounter(name, metric.WithUnit(unit), metric.WithDescription(description))
	return in.observedInt(name, i, err)
}

func (in *instruments) floatGauge(name, unit, description string) observedFloat {
	i, err := in.meter.Float64ObservableGauge(name, metric.WithUnit(unit), metric.WithDescription(description))
	return in.observedFloat(name, i, err)
}

func (in *instruments) floatCounter(name, unit, description string) observedFloat {
	i, err := in.meter.Float64ObservableCounter(name, metric.WithUnit(unit), metric.WithDescription(description))
	return in.observedFloat(name, i, err)
}

func (in *instruments) observedInt(name string, i metric.Int64Observable, err error) observedInt {
	if in.failed(name, err) {
		return observedInt{}
	}
	in.observable = append(in.observable, i)
	return observedInt{i}
}

func (in *instruments) observedFloat(name string, i metric.Float64Observable, err error) observedFloat {
	if in.failed(name, err) {
		return observedFloat{}
	}
	in.observable = append(in.observable, i)
	return observedFloat{i}
}

// observedInt is an observable instrument, or nothing where it could not be made: the
// SDK would log each observation of such a one.
type observedInt struct{ instrument metric.Int64Observable }

func (i observedInt) is(o metric.Observer, v int64, options ...metric.ObserveOption) {
	if i.instrument != nil {
		o.ObserveInt64(i.instrument, v, options...)
	}
}

// observedFloat is an observable instrument, or nothing where it could not be made.
type observedFloat struct{ instrument metric.Float64Observable }

func (i observedFloat) is(o metric.Observer, v float64, options ...metric.ObserveOption) {
	if i.instrument != nil {
		o.ObserveFloat64(i.instrument, v, options...)
	}
}
