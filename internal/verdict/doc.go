// Package verdict says from a series of live bytes whether an operation leaks.
//
// A leak is growth that goes on. So [Judge] wants all of this before it says
// [Growing]:
//
//   - the Mann–Kendall test finds a rise (p below 0.01);
//   - the rise is larger than the sampling error of the heap profile;
//   - it is steady: its blocks rise by more than what a random walk of such
//     steps would, by a t-test on the steps. Mann–Kendall alone takes
//     observations for independent, which live bytes are not;
//   - it has not slowed: a warm-up and a cache that fills end as [Plateau];
//   - a rise that began late must have left its former highs behind: the ramp
//     of a sawtooth is none.
//
// A slice that holds all there is and doubles stands still ever longer between
// its steps, and is a plateau there. A rise that was seen once can be chance;
// one that two reports in a row see hardly is (TestAccusationsInAnHourAreRare):
// raise an alarm on the second.
//
// Everything here is a pure function of the points: no clock, no I/O, no
// goroutine.
package verdict
