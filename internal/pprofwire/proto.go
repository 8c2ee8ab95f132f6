package pprofwire

// Field numbers of profile.proto
// (https://github.com/google/pprof/blob/main/proto/profile.proto).
const (
	ProfileSampleType  = 1
	ProfileSample      = 2
	ProfileLocation    = 4
	ProfileFunction    = 5
	ProfileStringTable = 6
	ProfileTime        = 9
	ProfilePeriod      = 12

	ValueTypeType = 1

	SampleLocation = 1
	SampleValue    = 2
	SampleLabel    = 3

	LabelKey = 1
	LabelStr = 2
	LabelNum = 3

	LocationID      = 1
	LocationAddress = 3
	LocationLine    = 4

	LineFunction = 1
	LineLine     = 2

	FunctionID   = 1
	FunctionName = 2
	FunctionFile = 4
)
