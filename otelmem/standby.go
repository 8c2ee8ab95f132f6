package otelmem

import (
	"context"
	"errors"
	"fmt"
)

// mode is what diagnostics were made for.
type mode int

const (
	modeOff     mode = iota // nothing runs, ever
	modeStandby             // allocations are tagged; Enable turns the rest on
	modeOn
)

// off says that nothing runs, and nothing is there to run.
func (d *Diagnostics) off() bool { return d == nil || d.config.mode == modeOff }

// ErrStandby is returned by what cannot be had while diagnostics are in standby.
var ErrStandby = errors.New("memory diagnostics are in standby: turn them on by the button on the debug page or by Enable")

// Standby says whether diagnostics wait for [Diagnostics.Enable].
func (d *Diagnostics) Standby() bool {
	return d != nil && d.config.mode == modeStandby && !d.on.Load()
}

// Enable turns diagnostics on that are in standby, as if they had been started now:
// what was allocated since the program began is attributed already. Spans that are in
// flight pass unchanged. Calls after the first do nothing. It fails where [New] was not
// told to be in standby, before [Diagnostics.Start] and after [Diagnostics.Shutdown].
func (d *Diagnostics) Enable(ctx context.Context) error {
	if d.off() {
		return d.unavailable()
	}
	ctx = orBackground(ctx)
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("enable memory diagnostics: %w", err)
	}
	opened, err := d.enable()
	if err != nil || opened == nil {
		return err
	}
	return d.awaitOpened(ctx, opened)
}

// enable begins what Start did not in standby; nil where it runs already.
func (d *Diagnostics) enable() (opened <-chan struct{}, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.on.Load():
		return nil, nil
	case d.state == stateNew:
		return nil, errors.New("enable memory diagnostics: Start was not called; call it once at the start of the program")
	case d.state == stateStopped:
		return nil, errors.New("enable memory diagnostics: they were shut down")
	}
	d.takeBaseline()
	d.on.Store(true)
	d.hook.Resume()
	return d.run(), nil
}

// Reason is why diagnostics are not on, as an error that says how to turn them on:
// [ErrStandby], or [ErrDisabled] with the invalid settings for which New returned an
// error. It is nil where they are on.
func (d *Diagnostics) Reason() error { return d.unavailable() }

// unavailable is why something cannot be had: nil where diagnostics are on.
func (d *Diagnostics) unavailable() error {
	switch {
	case d.Enabled():
		return nil
	case d.Standby():
		return ErrStandby
	case d != nil && d.why != nil:
		return fmt.Errorf("%w; invalid: %w", ErrDisabled, d.why)
	default:
		return ErrDisabled
	}
}
