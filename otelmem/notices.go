package otelmem

import (
	"slices"
	"time"
)

// noticeAfter is how long after the start a service is thought to have had a span,
// and after New to have called Start.
const noticeAfter = time.Minute

// notices say what is missing in how diagnostics were set up: figures that are absent
// for such a reason would look like a healthy service.
func (d *Diagnostics) notices(now time.Time) []string {
	d.mu.Lock()
	state := d.state
	d.mu.Unlock()
	return slices.Concat(d.forgottenStart(state), d.noSpans(state, now), d.eventsDropped(), d.headSampled())
}

// eventDropped hears that the service's sampler has dropped an event span.
func (d *Diagnostics) eventDropped() {
	if !d.droppedEvent.Swap(true) {
		d.log.Config(droppedEvents)
	}
}

const (
	useSampler    = ": give Sampler(s) to sdktrace.WithSampler in place of the sampler s"
	droppedEvents = "the sampler drops event spans, which tell of leaks and heap profiles" + useSampler
)

// eventsDropped says so. The log was told when it happened.
func (d *Diagnostics) eventsDropped() []string {
	if !d.droppedEvent.Load() {
		return nil
	}
	return []string{droppedEvents}
}

// headSampled says that a sampler drops spans before they are measured, and what is lost.
func (d *Diagnostics) headSampled() []string {
	if !d.hook.Stats().HeadSampled {
		return nil
	}
	return []string{"the sampler drops spans before they are measured, as the trace ids of the rest show: " +
		"growth, calls and links are those of the rest, and concurrency and shares are left out" + useSampler}
}

func (d *Diagnostics) forgottenStart(s state) []string {
	switch {
	case s != stateNew:
		return nil
	case d.Standby():
		return []string{"Start was not called: memory diagnostics in standby cannot be turned on"}
	}
	return []string{"Start was not called: no threshold is watched, nothing is judged over time, and no metric, event or log leaves"}
}

// noSpans says that no span was ever measured, nor is one in flight.
func (d *Diagnostics) noSpans(s state, now time.Time) []string {
	if s == stateWaiting || d.Standby() || now.Sub(d.began) < noticeAfter {
		return nil
	}
	d.spans.Drain()
	if d.spans.Statistics.Calls() > 0 || d.hook.Stats().InFlight > 0 {
		return nil
	}
	return []string{"no span has passed: give SpanProcessor(next) to sdktrace.WithSpanProcessor in place of the exporter's processor, in the provider that the service uses, " +
		"or, where no processor can be given, TracerProvider(provider) to otel.SetTracerProvider"}
}

// noticeLater logs notices once, after noticeAfter: nobody may ask for a report. Calls
// beyond the first start that time anew. Shutdown stops it.
func (d *Diagnostics) noticeLater() {
	if d.notice == nil {
		d.notice = time.AfterFunc(noticeAfter, d.logNotices)
		return
	}
	d.notice.Reset(noticeAfter)
}

func (d *Diagnostics) logNotices() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.state == stateStopped {
		return
	}
	state, opened := d.state, d.opened
	d.work.Go(func() {
		d.contain(partLog, func() {
			missing := d.forgottenStart(state)
			switch {
			case len(missing) > 0:
				d.log.Start() // nobody else will
			case opened != nil:
				<-opened
				missing = slices.Concat(d.noSpans(state, time.Now()), d.headSampled())
			}
			for _, notice := range missing {
				d.log.Config(notice)
			}
		})
	})
}
