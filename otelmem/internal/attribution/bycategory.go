package attribution

import "time"

// Category is what metrics say of a category. Bytes unless said.
type Category struct {
	Name            string
	Live, Allocated float64
	LeakRate        float64 // bytes a second; 0 unless an operation of it is suspected
	Goroutines      int
}

// Categories returns the sums by category, and how long the profile took to read.
func (t *Tracker) Categories() ([]Category, time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	sums := make(map[string]*Category)
	for _, f := range t.followed {
		sum := sums[f.category]
		if sum == nil {
			sum = &Category{Name: f.category, Allocated: t.allocated[f.category]}
			sums[f.category] = sum
		}
		sum.Live += f.usage.Live
		sum.Goroutines += f.goroutines.Count
		if !f.suspicion.Since.IsZero() {
			sum.LeakRate += f.result.Slope
		}
	}
	var all []Category
	for _, sum := range sums {
		all = append(all, *sum)
	}
	return all, t.took
}

// sumAllocated keeps what each category allocated so far: a counter must not fall
// where bytes move to another operation.
func (t *Tracker) sumAllocated() {
	sums := make(map[string]float64)
	for _, f := range t.followed {
		sums[f.category] += f.usage.Allocated
	}
	for category, sum := range sums {
		t.allocated[category] = max(t.allocated[category], sum)
	}
}
