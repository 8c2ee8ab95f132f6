package otelmem

// SampleFinely is sampleFinely, for tests outside the package: what they allocate counts
// as an application's.
var SampleFinely = sampleFinely
