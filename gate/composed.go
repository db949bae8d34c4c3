package gate

import "time"

// composed is what is known of a composition that was tested or signed as a whole: what it is made of, and
// the evidence about it.
type composed struct {
	Composition Composition `json:"composition,omitempty"`
	Made        time.Time   `json:"made,omitzero"` // as an Increment, where that is known
	reports
	Signs signatures `json:"signs,omitempty"`
}

// compositionKey is where what is found of a composition is watched.
func compositionKey(digest string) string { return compositionDoc + " " + digest }

// composed finds or makes the record of a composition, by its digest. What it is made of is known of the
// head and of the last done Increment, and has to be told of others.
func (s *State) composed(digest string, told Composition) *composed {
	c, ok := s.compositions[digest]
	if !ok {
		c = &composed{}
		s.compositions[digest] = c
		s.touch(compositionDoc, digest)
	}
	for _, i := range append([]Increment{s.record.Head, s.record.LastDone}, s.record.Recent...) {
		if i.Digest != digest {
			continue
		}
		c.Made = earliest(c.Made, i.Made)
		if c.Composition == nil && i.Composition != nil {
			c.Composition = i.Composition
		}
	}
	if c.Composition == nil && told != nil && told.Digest() == digest {
		c.Composition = told
	}
	return c
}

// composition is the evidence about one; the subject is judged again when that changes.
func (b *brief) composition(digest string) []Evidence {
	b.watch(compositionKey(digest))
	c := b.s.compositions[digest]
	if c == nil {
		return nil
	}
	return append(c.evidence(), c.Signs.evidence("", nil)...)
}
