package otelmem

import (
	"fmt"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

// grewNothing is the growth of the process below which no one is named, in
// bytes.
const grewNothing = 4 * memstat.MiB

// sentence says in one sentence what a person should look at. It names the
// operation whose fair share of the growth is largest: evidence, not proof.
func sentence(r *Report) string {
	grew := r.Process.RSS - r.Baseline.RSS
	heap, external := r.Process.Heap-r.Baseline.Heap, r.Process.External-r.Baseline.External
	over := r.Time.Sub(r.Began).Round(time.Second)
	if max(grew, heap, external) < grewNothing {
		return fmt.Sprintf("Memory is steady: %+.1f MB in %v.", mebibytes(grew), over)
	}
	text := fmt.Sprintf("Memory grew by %s in %v (heap %s, outside Go %s)", memstat.FormatMB(grew), over, signedMB(heap), signedMB(external))
	if len(r.Operations) > 0 {
		o := r.Operations[0]
		switch {
		case o.Growth.External > o.Growth.Share && o.Growth.External >= grewNothing:
			text += fmt.Sprintf("; most of what grew outside Go did so while %s ran: %s in %d calls", o.Name, signedMB(o.Growth.External), o.Growth.Calls)
		case o.Growth.Share >= grewNothing:
			text += fmt.Sprintf("; the largest share of the heap's growth fell to %s: %s in %d calls", o.Name, signedMB(o.Growth.Share), o.Growth.Calls)
		}
	}
	if left := r.Process.TimeToLimit; left > 0 {
		text += fmt.Sprintf("; at this rate the limit of %s is reached in %v", memstat.FormatMB(r.Process.Limit), left.Round(time.Second))
	}
	return printable(text) + "."
}

func mebibytes(bytes int64) float64 { return float64(bytes) / float64(memstat.MiB) }
