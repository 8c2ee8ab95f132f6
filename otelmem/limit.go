package otelmem

import (
	"github.com/otelmem/otelmem-go/internal/memstat"
)

// limitAt is the memory limit as it is now: a container can be resized while it runs.
// Where the container's cannot be known, that part is off until it can.
func (d *Diagnostics) limitAt(now memstat.Snapshot) memstat.Limit {
	limit, err := d.readLimit(now)
	if err != nil {
		d.parts.Disable(partLimit, err.Error())
	} else {
		d.parts.Restore(partLimit)
	}
	return limit
}

// logLimit writes a line where the limit is no longer that of before, and returns it
// as it is now.
func (d *Diagnostics) logLimit(before memstat.Limit, now memstat.Snapshot) memstat.Limit {
	limit := d.limitAt(now)
	if limitChanged(before, limit) {
		d.log.Limit(before, limit, d.dumper.Thresholds())
	}
	return limit
}

// limitChanged says whether a limit was set anew. That another one matters more than
// before is no change. It is a pure function.
func limitChanged(before, now memstat.Limit) bool {
	return before.Hard != now.Hard || before.Source == now.Source && before.Bytes != now.Bytes
}
