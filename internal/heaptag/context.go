package heaptag

import "context"

// tagged is a context that carries a tag and its pprof label. It may outlive the
// request that it was made for: it must not refer to it.
type tagged struct {
	context.Context
	tag *Tag
	// labeled has the tag's label and nothing else; nil where Context has it. To
	// ask it first spares what pprof allocates to add a label.
	labeled context.Context
}

// tagKey is the key of a context's tag.
type tagKey struct{}

func (c *tagged) Value(key any) any {
	if key == (tagKey{}) {
		return c.tag
	}
	if c.labeled != nil {
		if labels := c.labeled.Value(key); labels != nil {
			return labels
		}
	}
	return c.Context.Value(key)
}

// FromContext returns the innermost tag that ctx carries, nil if it carries none.
func FromContext(ctx context.Context) *Tag {
	tag, _ := ctx.Value(tagKey{}).(*Tag)
	return tag
}
