package verdict

import (
	"math"
	"time"
)

// Never is the longest time that [TimeToLimit] foresees: a year.
const Never = 365 * 24 * time.Hour

// TimeToLimit is how long usage takes to reach limit (bytes) at slope (bytes a
// second): 0 when it is there. It is false when there is no limit, when usage
// does not grow, or when it takes longer than [Never].
func TimeToLimit(usage, limit, slope float64) (time.Duration, bool) {
	if limit <= 0 || math.IsNaN(usage) || math.IsNaN(slope) {
		return 0, false
	}
	if usage >= limit {
		return 0, true
	}
	seconds := (limit - usage) / slope
	if slope <= 0 || seconds > Never.Seconds() {
		return 0, false
	}
	return time.Duration(seconds * float64(time.Second)), true
}
