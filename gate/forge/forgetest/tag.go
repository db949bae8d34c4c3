package forgetest

import (
	"fmt"
	"slices"
	"time"
)

// ref is what a tag names: a commit, or an object of its own that names one.
type ref struct{ object, commit string }

// tagging is how a tag is made.
type tagging struct {
	name, commit, author string
	annotated            bool
	at                   time.Time
}

// tag makes a tag or moves it, and says what it named before.
func (g *git) tag(t tagging) (before, after ref) {
	before, after = g.tags[t.name], ref{object: t.commit, commit: t.commit}
	if t.annotated {
		after.object = objectID("tag", fmt.Appendf(nil, "object %s\ntype commit\ntag %s\ntagger %s <%s@example.test> %d +0000\n\n%s\n",
			t.commit, t.name, t.author, t.author, t.at.Unix(), t.name))
		g.tagged[after.object] = tagObject{t.name, t.commit, t.author, t.at}
	}
	g.tags[t.name] = after
	return before, after
}

// tagObject is an annotated tag.
type tagObject struct {
	name, commit, author string
	at                   time.Time
}

// release is one that is published of a tag.
type release struct {
	id  int64
	tag string
	at  time.Time
}

// published is the release of a tag, -1 where there is none.
func published(all []release, tag string) int {
	return slices.IndexFunc(all, func(r release) bool { return r.tag == tag })
}
