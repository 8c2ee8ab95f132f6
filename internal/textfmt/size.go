package textfmt

import (
	"fmt"
	"math"
)

// Binary units, in bytes. Go, pprof and Kubernetes count memory in these.
const (
	KiB int64 = 1 << 10
	MiB int64 = 1 << 20
	GiB int64 = 1 << 30
)

// sizeUnits are the suffixes of sizes, each 1,024 times the one before. "MB"
// stands for mebibytes, as in pprof's output.
var sizeUnits = [...]string{"B", "KB", "MB", "GB", "TB", "PB", "EB"}

// Size formats a number of bytes with two or three significant digits: "512B",
// "64KB", "5.8MB", "67MB", "12.4GB", "-52MB". Zero is "0MB". The next unit is
// used from 1,000 on, so that no number has more than three digits before the point.
func Size(bytes int64) string {
	if bytes == 0 {
		return "0MB"
	}
	sign, n := "", float64(bytes)
	if bytes < 0 {
		sign, n = "-", -n
	}
	unit := 0
	for n >= 999.5 && unit < len(sizeUnits)-1 {
		n /= float64(KiB)
		unit++
	}
	decimals := 0
	if unit > 0 && n < 9.95 || unit > 2 && n < 99.95 {
		decimals = 1
	}
	return fmt.Sprintf("%s%.*f%s", sign, decimals, n, sizeUnits[unit])
}

// SignedSize formats a change in bytes like [Size], with a sign: "+5.8MB",
// "-67MB", "+0MB".
func SignedSize(bytes int64) string {
	if bytes >= 0 {
		return "+" + Size(bytes)
	}
	return Size(bytes)
}

// PerMinute formats a rate, given in bytes per second, in mebibytes per minute:
// "+170.1MB/min".
func PerMinute(bytesPerSecond float64) string {
	const secondsPerMinute = 60
	perMinute := bytesPerSecond * secondsPerMinute / float64(MiB)
	if math.Abs(perMinute) < 0.05 {
		perMinute = 0 // never "-0.0"
	}
	return fmt.Sprintf("%+.1fMB/min", perMinute)
}
