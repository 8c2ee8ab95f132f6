package heapprofile

// Field numbers of profile.proto
// (https://github.com/google/pprof/blob/main/proto/profile.proto).
const (
	profileSample      = 2
	profileLocation    = 4
	profileFunction    = 5
	profileStringTable = 6

	sampleLocation = 1
	sampleValue    = 2
	sampleLabel    = 3

	labelKey = 1
	labelStr = 2
	labelNum = 3

	locationID      = 1
	locationAddress = 3
	locationLine    = 4

	lineFunction = 1
	lineLine     = 2

	functionID   = 1
	functionName = 2
	functionFile = 4
)
