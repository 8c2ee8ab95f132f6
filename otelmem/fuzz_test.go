package otelmem

import "testing"

func FuzzEnvironment(f *testing.F) {
	for i := range envSettings {
		for _, value := range []string{"", "true", "75%,2GiB", "1h", "-1", "none", "\x00", " standby ", "99999999999999999999"} {
			f.Add(i, value)
		}
	}
	f.Fuzz(func(t *testing.T, i int, value string) {
		name := envSettings[uint(i)%uint(len(envSettings))].name
		// Whatever a variable says, there is a configuration to go on with, or an error that
		// names it.
		c, _, err := newConfig(func(asked string) (string, bool) {
			if asked == name {
				return value, true
			}
			return "", false
		}, nil)
		if err == nil && (c.reportInterval <= 0 || c.maxOperations < 1 || c.retentionFiles < 1 || c.retentionBytes < 1) {
			t.Errorf("%s=%q makes %+v", name, value, c)
		}
	})
}
