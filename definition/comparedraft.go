package definition

import (
	"strings"
	"time"
)

// isOwn says whether a team's draft is a criterion of its own.
func (d *draft) isOwn() bool {
	_, own := d.set["evidence"]
	return own
}

func (d *draft) act(own, tightening string) string {
	if d.isOwn() {
		return own + d.id
	}
	return tightening + d.id
}

// brief is what a draft says, in few words.
func (d *draft) brief() string {
	c, _ := d.criterion(TeamLayer, time.UTC)
	if d.isOwn() {
		return c.brief()
	}
	var words []string
	for _, a := range aspects() {
		if text := d.says(a, &c); text != "" {
			words = append(words, a.field+" "+text)
		}
	}
	for i := range d.must {
		words = append(words, d.must[i].String())
	}
	if words == nil {
		return "words alone"
	}
	return strings.Join(words, ", ")
}

// says is what a draft says of an aspect, and "" where it leaves that out.
func (d *draft) says(a aspect, c *Criterion) string {
	if _, set := d.set[a.field]; set {
		return a.text(c)
	}
	return ""
}

// drafts compares two versions of what a team says of one criterion.
func (c *comparison) drafts(old, new *draft) {
	if old.isOwn() != new.isOwn() {
		c.say("%s: %s, where it was %s", new.act("makes its own ", "only tightens "), new.brief(), old.brief())
		return
	}
	before, _ := old.criterion(TeamLayer, time.UTC)
	after, _ := new.criterion(TeamLayer, time.UTC)
	for _, field := range []string{"why", "fix"} {
		if old.set[field].text != new.set[field].text {
			c.say("rewords %s of %s", field, new.id)
		}
	}
	for _, a := range aspects() {
		if was, is := old.says(a, &before), new.says(a, &after); was != is {
			difference := a.differ(&before, &after, was, is)
			if !new.isOwn() && is == "" {
				difference.relaxes = true // back to what the Nexus asks for
			}
			c.say("%s", difference.ofTeam())
		}
	}
	for _, l := range leafChanges(new.id, old.must, new.must) {
		c.say("%s", l.ofTeam())
	}
}
