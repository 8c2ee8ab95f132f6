package otelmem

import "time"

// noticeAfter is how long after the start a service is thought to have had a span.
const noticeAfter = time.Minute

// notices say what is missing in how diagnostics were set up: figures that are absent
// for such a reason would look like a healthy service.
func (d *Diagnostics) notices(now time.Time) (notices []string) {
	d.mu.Lock()
	state := d.state
	d.mu.Unlock()
	if state == stateNew {
		notices = append(notices, "Start was not called: no threshold is watched, nothing is judged over time, and no metric, event or log leaves")
	}
	if now.Sub(d.began) >= noticeAfter && d.seesNoSpans() {
		notices = append(notices, "no span has passed: give SpanProcessor(next) to sdktrace.WithSpanProcessor in place of the exporter's processor, in the provider that the service uses")
	}
	return notices
}

// seesNoSpans says that no span was ever measured, nor is one in flight.
func (d *Diagnostics) seesNoSpans() bool {
	d.spans.Drain()
	return d.spans.Statistics.Calls() == 0 && d.hook.Stats().InFlight == 0
}
