package goroutines

import (
	"fmt"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// What it takes to read a goroutine, in bytes, by TestReadingTakesNoMoreThanItAskedFor.
const (
	// profileCost is that of the goroutine profile, garbage included. runtime/pprof
	// formats each stack as text to compare it: 0.8 KiB of 10 frames, 3 KiB of 40
	// with labels of their own.
	profileCost = 4 << 10
	// recordCost is that of a record of the runtime, which has room for 32 frames,
	// where each goroutine has a stack of its own.
	recordCost = 768
)

const (
	// maxCost is the most that reading may take, in bytes: 24,000 goroutines by the
	// profile, 130,000 by records, which take 2.5 KiB each themselves, at least.
	maxCost = 96 << 20
	// partOfRoom is the part of the room that it may take: one in so many.
	partOfRoom = 2
)

// method is a way of reading goroutines.
type method int

const (
	byProfile method = iota // with labels
	byRecords               // without
	notAtAll
)

// howToRead says how so many goroutines can be read where room bytes are free, and
// what is not read then, with the reason; "" if nothing is left out.
func howToRead(count int, room int64) (how method, notRead string) {
	available := min(maxCost, room/partOfRoom)
	left := func(what string, cost int64) string {
		why := fmt.Sprintf("%s are free below the limit", textfmt.Size(max(0, room)))
		if available == maxCost {
			why = fmt.Sprintf("%s may be used", textfmt.Size(maxCost))
		}
		return fmt.Sprintf("%s: %d goroutines would take %s, %s", what, count, textfmt.Size(cost), why)
	}
	profile, records := int64(count)*profileCost, int64(count)*recordCost
	switch {
	case profile <= available:
		return byProfile, ""
	case records <= available:
		return byRecords, left("read without operations", profile)
	}
	return notAtAll, left("not read", records)
}
