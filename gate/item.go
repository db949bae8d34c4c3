package gate

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// item is an issue as its deliveries tell of it. All of it comes out the same in whatever order they arrive.
type item struct {
	Last  ItemSeen             `json:"last"`
	Heard time.Time            `json:"heard,omitzero"`  // when Last came
	Since map[string]time.Time `json:"since,omitempty"` // what it needs → when that was first seen
	Marks map[string]time.Time `json:"marks,omitempty"` // what could name its Sprint → when that was first seen on it
	Links map[string]linkWord  `json:"links,omitempty"` // kind and reference → the last word on it
	// Whole is when all links were told last, and Told what they were.
	Whole time.Time `json:"whole,omitzero"`
	Told  []Ref     `json:"told,omitempty"`
}

// linkWord is the last word on a link. Forges do not tell when a link was made: two words of one moment are put in
// order by when they came.
type linkWord struct {
	At       time.Time `json:"at"`
	Received time.Time `json:"received"`
	Removed  bool      `json:"removed,omitempty"`
}

// mostSince bounds what is remembered of when needs, marks and links of one thing were first seen.
const mostSince = 50

// note remembers the first moment of something. Of too many the earliest stay. What was remembered before is not changed:
// somebody may still be reading it, see [Ledger.TakeBacklog].
func note(first map[string]time.Time, what string, at time.Time) map[string]time.Time {
	if known, ok := first[what]; ok && !at.Before(known) {
		return first
	}
	first = with(first, what, at)
	if len(first) > mostSince {
		last := slices.MaxFunc(sortedKeys(first), func(a, b string) int { return first[a].Compare(first[b]) })
		delete(first, last)
	}
	return first
}

// with is a copy of what is kept by key, with one more.
func with[T any](all map[string]T, key string, one T) map[string]T {
	copied := make(map[string]T, len(all)+1)
	maps.Copy(copied, all)
	copied[key] = one
	return copied
}

func (i *item) see(e ItemSeen, rules *definition.Backlog, received time.Time) {
	for _, r := range slices.Concat(e.Needs, e.Links) {
		i.Since = note(i.Since, r.String(), e.UpdatedAt)
	}
	if mark := sprintMark(&e, rules); mark != "" {
		i.Marks = note(i.Marks, mark, e.UpdatedAt)
	}
	if cmp.Or(e.LinksAt.Compare(i.Whole), cmp.Compare(len(e.Links), len(i.Told)), strings.Compare(canonical(e.Links), canonical(i.Told))) > 0 {
		i.Whole, i.Told = e.LinksAt, e.Links
	}
	e.Links, e.LinksAt = nil, time.Time{}
	if i.Last.Number == 0 || i.compare(&e, received) < 0 {
		i.Last, i.Heard = e, received
	}
}

// compare orders what is known of an item and another view of it by the forge's time. That is told in whole seconds,
// in which labels are put on and taken off by the handful: of two views of one second the one that came last counts, so
// that a sweep has the last word. What is gone stays gone.
func (i *item) compare(e *ItemSeen, received time.Time) int {
	known := &i.Last
	return cmp.Or(known.UpdatedAt.Compare(e.UpdatedAt), yesLast(known.Gone, e.Gone), i.Heard.Compare(received), strings.Compare(canonical(known), canonical(e)))
}

// link takes in the word on one link.
func (i *item) link(e ItemLinked, received time.Time) {
	key := string(e.Kind) + " " + e.To.String()
	word := linkWord{At: e.At, Received: received, Removed: e.Removed}
	if !e.Removed && e.Kind == Blocks {
		i.Since = note(i.Since, e.To.String(), e.At) // also where a later word came before this one
	}
	if known, ok := i.Links[key]; ok && known.compare(word) >= 0 {
		return
	}
	i.Links = with(i.Links, key, word)
	if len(i.Links) > mostSince {
		delete(i.Links, slices.MinFunc(sortedKeys(i.Links), func(a, b string) int { return i.Links[a].compare(i.Links[b]) }))
	}
}

func (w linkWord) compare(with linkWord) int {
	return cmp.Or(w.At.Compare(with.At), w.Received.Compare(with.Received), yesLast(with.Removed, w.Removed))
}

// links are what the forge says of a kind: the list that was told last, and each word since.
func (i *item) links(kind LinkKind) (all []Ref) {
	if kind == Blocks {
		all = slices.Clone(i.Told)
	}
	for _, key := range sortedKeys(i.Links) {
		word := i.Links[key]
		of, name, _ := strings.Cut(key, " ")
		if of != string(kind) || kind == Blocks && word.At.Before(i.Whole) {
			continue
		}
		r := ParseRef(name)
		all = slices.DeleteFunc(all, func(known Ref) bool { return known.key() == r.key() })
		if !word.Removed {
			all = append(all, r)
		}
	}
	return all
}

// parent is the item that it is a part of; the zero Ref where there is none, or none is told.
func (i *item) parent() Ref {
	if linked := i.links(Parent); len(linked) > 0 {
		return linked[0]
	}
	if word, told := i.Links[string(Parent)+" "+i.Last.Parent.String()]; told && word.Removed {
		return Ref{}
	}
	return i.Last.Parent
}

// sprintMark is what could name the Sprint of an item; a milestone by its number, since it may be renamed.
func sprintMark(e *ItemSeen, rules *definition.Backlog) string {
	if rules == nil {
		return ""
	}
	switch rules.Sprint.By {
	case definition.ByMilestone:
		return markedBy(rules.Sprint.By, e.Milestone)
	case definition.ByIteration:
		return markedBy(rules.Sprint.By, e.Iteration)
	case definition.ByLabel:
		if name, found := rules.Sprint.Named(e.Labels); found {
			return string(rules.Sprint.By) + " " + name
		}
	}
	return ""
}

func markedBy(kind definition.MarkKind, m Milestone) string {
	if m.ID == 0 {
		return ""
	}
	return string(kind) + " " + strconv.FormatInt(m.ID, 10)
}

// ref is the item as people write it.
func (e *ItemSeen) ref() Ref { return Ref{Forge: e.Repo.Forge, Repo: e.Repo.Name, Number: e.Number} }

// ref is the change as people write it.
func (e *ChangeSeen) ref() Ref {
	return Ref{Forge: e.Repo.Forge, Repo: e.Repo.Name, Number: e.Number, Change: true}
}
