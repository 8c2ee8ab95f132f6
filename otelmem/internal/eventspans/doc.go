// Package eventspans sees to it that event spans, which tell of leaks and of heap
// profiles, leave the process: whatever the sampler drops, and whichever provider they
// are given to.
package eventspans
