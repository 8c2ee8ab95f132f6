package textfmt

import (
	"math"
	"testing"
)

func TestSizesHaveTwoOrThreeDigits(t *testing.T) {
	for bytes, want := range map[int64]string{
		0: "0MB", 1: "1B", 512: "512B", 999: "999B", 1000: "1.0KB", -3 * KiB: "-3.0KB", 64 * KiB: "64KB",
		1023 * KiB: "1.0MB", 5*MiB + 800*KiB: "5.8MB", 10*MiB - 1: "10MB", 67 * MiB: "67MB", -52 * MiB: "-52MB", 250 * MiB: "250MB",
		999*MiB + 600*KiB: "1.0GB", 1000 * MiB: "1.0GB", GiB: "1.0GB", 12*GiB + 410*MiB: "12.4GB", 512 * GiB: "512GB",
		math.MaxInt64: "8.0EB", math.MinInt64: "-8.0EB",
	} {
		if got := Size(bytes); got != want {
			t.Errorf("Size(%d) = %s, want %s", bytes, got, want)
		}
	}
}

func TestChangesHaveASign(t *testing.T) {
	for bytes, want := range map[int64]string{0: "+0MB", 5*MiB + 800*KiB: "+5.8MB", -67 * MiB: "-67MB"} {
		if got := SignedSize(bytes); got != want {
			t.Errorf("SignedSize(%d) = %s, want %s", bytes, got, want)
		}
	}
}

func TestRatesAreMebibytesPerMinute(t *testing.T) {
	for perSecond, want := range map[float64]string{
		0: "+0.0MB/min", float64(MiB): "+60.0MB/min", -2.5 * float64(MiB): "-150.0MB/min", 100: "+0.0MB/min", -100: "+0.0MB/min",
	} {
		if got := PerMinute(perSecond); got != want {
			t.Errorf("PerMinute(%v) = %s, want %s", perSecond, got, want)
		}
	}
}
