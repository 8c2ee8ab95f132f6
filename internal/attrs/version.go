package attrs

// Version is the release of this module, which all its instrumentation scopes carry.
// A release sets this line.
const Version = "0.1.0"
