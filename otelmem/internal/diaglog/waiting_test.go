package diaglog

import (
	"fmt"
	"strings"
	"testing"
)

// Requests end faster than a disk writes: what is beyond the bound is only counted.
func TestRecordsThatWaitAreBoundedAndTheRestIsCounted(t *testing.T) {
	const beyond = 7
	log, _ := written(t, func(l *Log) {
		for i := range maxWaiting + beyond {
			l.waiting.put(info(kindGrowth, fmt.Sprintf("operation %d grew", i)))
		}
		l.WriteWaiting()
		l.WriteWaiting() // nothing waits any more
	})
	if n := strings.Count(log, " grew\n"); n != maxWaiting {
		t.Errorf("%d records, want %d", n, maxWaiting)
	}
	if !strings.HasSuffix(log, fmt.Sprintf("operation %d grew\n[GROWTH] %d more operations grew beyond the minimum; the summary has them\n", maxWaiting-1, beyond)) {
		t.Errorf("the log ends with %q, want that %d more grew", lastLine(log), beyond)
	}
}
