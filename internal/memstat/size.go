package memstat

import "fmt"

// Binary units. Go, pprof and Kubernetes count memory in these.
const (
	KiB int64 = 1 << 10
	MiB int64 = 1 << 20
	GiB int64 = 1 << 30
)

// FormatMB formats bytes as whole mebibytes, as the diagnostic log shows them:
// "250MB". Below 10 MB it keeps one decimal: "2.5MB".
func FormatMB(bytes int64) string {
	mb := float64(bytes) / float64(MiB)
	if mb > -10 && mb < 10 {
		return fmt.Sprintf("%.1fMB", mb)
	}
	return fmt.Sprintf("%.0fMB", mb)
}
