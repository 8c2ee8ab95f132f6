package otelmem

// Everything is everything, for tests outside the package: what they allocate counts
// as an application's.
var Everything = everything
