// Package verdict says from a series of live bytes, or of goroutines, what it shows
// and whether it is a leak.
//
// Facts come first. [Evidence] has them from the second reading on: by how much
// the series rose and since when, how fast, which share of what was allocated it
// kept, how old what it holds must be. [Rising] is such a fact. It is true of a
// leak and of a cache that fills, and names the right place for both.
//
// [Growing] accuses, and a person may be woken for it. It wants all of this:
//
//   - the rise is steady: its steps have a drift that a random walk of such
//     steps hardly has (a t-test, with the sampling error of the heap profile
//     for what few steps cannot show). Where readings scatter more than they
//     rise, means of 2, 4, 8 of them are tested;
//   - it has gone on for so long and by so much that what only fills would be
//     full ([Rules]);
//   - it has not slowed, as caches of random keys do;
//   - it is larger than its error, and leaves its former highs behind: the ramp
//     of a sawtooth does not;
//   - traffic does not explain it: bytes in flight rise with the rate of
//     allocation, a leak's rise beyond it.
//
// A rise is judged from its onset, which is where the test is the clearest: hours
// of quiet before it neither delay nor dilute it.
//
// What fills evenly and keeps all cannot be told from a leak while it fills, by
// any judge of live and allocated bytes. So a cache that takes long and grows
// large is accused until it is full, one or two readings longer. A series
// remembers that it was accused: a leak stays so while it goes on, slower or
// not, and is a [Plateau] that says since when once it has ended. The end is
// found by the likelihood of a pause: by chance a steady leak hardly pauses for
// as long. After it the same rise is not accused again.
//
// How often each holds is measured: detectors/RESULTS.md has recorded services
// and servers, the tests have simulated ones.
//
// Everything here is a pure function of the points, apart from what a [Series]
// remembers: no clock, no I/O, no goroutine.
package verdict
