package definition

import (
	"strings"
)

// nexusCriteria are those of the Nexus-wide layer.
func (c *comparison) nexusCriteria(old, new *Definition) {
	for i := range new.Criteria {
		after := &new.Criteria[i]
		before, known := old.criterion(after.ID)
		if !known {
			c.say("%s is added for %s: %s", after.ID, after.scope(), after.brief())
			continue
		}
		if before.Why != after.Why {
			c.say("%s: why is reworded", after.ID)
		}
		if before.Fix != after.Fix {
			c.say("%s: fix is reworded", after.ID)
		}
		for _, a := range aspects() {
			if was, is := a.text(before), a.text(after); was != is {
				c.say("%s", a.differ(before, after, was, is).ofNexus(""))
			}
		}
		for _, l := range leafChanges(after.ID, before.Must, after.Must) {
			c.say("%s", l.ofNexus(" for "+after.scope()))
		}
	}
	for i := range old.Criteria {
		if _, still := new.criterion(old.Criteria[i].ID); !still {
			c.say("%s is taken out for %s, a relaxation; it was %s", old.Criteria[i].ID, old.Criteria[i].scope(), old.Criteria[i].brief())
		}
	}
}

// scope says whom a criterion is for.
func (c *Criterion) scope() string {
	if c.On == OnIncrement {
		return "the Increment"
	}
	return scope(c.AppliesTo)
}

// brief is what a criterion asks for, in few words.
func (c *Criterion) brief() string {
	words := []string{levelText(*c), "on " + string(c.On), plain(c.Evidence) + " evidence"}
	for i := range c.Must {
		words = append(words, c.Must[i].String())
	}
	return strings.Join(words, ", ")
}
