package definition

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// aspect is a field of a criterion: as text, and where two can be told apart, which is the stricter.
type aspect struct {
	field           string
	text            func(*Criterion) string
	stricter        func(old, new *Criterion) int // positive where new is, and 0 where it cannot be told
	tighter, looser verb
}

// aspects are the fields that are compared by themselves; leaves are compared by what they admit.
func aspects() []aspect {
	return []aspect{
		{field: "on", text: func(c *Criterion) string { return string(c.On) }},
		{field: "evidence", text: func(c *Criterion) string { return plain(c.Evidence) }},
		{field: "name", text: func(c *Criterion) string { return plain(c.Name) }},
		{
			field: "atLeast", text: func(c *Criterion) string { return strconv.Itoa(c.AtLeast) },
			stricter: func(old, new *Criterion) int { return cmp.Compare(new.AtLeast, old.AtLeast) }, tighter: raised, looser: lowered,
		},
		{
			field: "from.app", text: func(c *Criterion) string { return listText(c.From.App) },
			stricter: func(old, new *Criterion) int { return fewer(old.From.App, new.From.App) }, tighter: narrowed, looser: widened,
		},
		{
			field: "from.workflow", text: func(c *Criterion) string { return listText(c.From.Workflow) },
			stricter: func(old, new *Criterion) int { return fewer(old.From.Workflow, new.From.Workflow) }, tighter: narrowed, looser: widened,
		},
		{
			field: "from.trust", text: func(c *Criterion) string { return c.From.Trust.String() },
			stricter: func(old, new *Criterion) int {
				return cmp.Compare(cmp.Or(new.From.Trust, Token), cmp.Or(old.From.Trust, Token))
			}, tighter: raised, looser: lowered,
		},
		{
			field: "renew", text: func(c *Criterion) string { return string(cmp.Or(c.Renew, OnCommit)) },
			stricter: func(old, new *Criterion) int { return len(old.Renew) - len(new.Renew) }, tighter: raised, looser: lowered,
		},
		{
			field: "level", text: func(c *Criterion) string { return string(c.Level) },
			stricter: func(old, new *Criterion) int {
				return compareLevels(Criterion{Level: new.Level}, Criterion{Level: old.Level})
			}, tighter: raised, looser: lowered,
		},
		{
			field: "requiredFrom", text: func(c *Criterion) string { return dateText(c.RequiredFrom) },
			stricter: nearer, tighter: broughtNearer, looser: putOff,
		},
		{
			field: "appliesTo", text: func(c *Criterion) string { return scope(c.AppliesTo) },
			stricter: func(old, new *Criterion) int { return fewer(scopes(new.AppliesTo), scopes(old.AppliesTo)) }, tighter: widened, looser: narrowed,
		},
		{
			field: "paths", text: func(c *Criterion) string { return listText(c.Paths) },
			stricter: func(old, new *Criterion) int { return fewer(new.Paths, old.Paths) }, tighter: widened, looser: narrowed,
		},
		{
			field: "fresh", text: func(c *Criterion) string { return timeText(c.Fresh) },
			stricter: func(old, new *Criterion) int { return shorter(old.Fresh, new.Fresh) }, tighter: shortened, looser: lengthened,
		},
		{
			field: "within", text: func(c *Criterion) string { return timeText(c.Within) },
			stricter: func(old, new *Criterion) int { return shorter(old.Within, new.Within) }, tighter: shortened, looser: lengthened,
		},
	}
}

// nearer is positive where new is required the earlier.
func nearer(old, new *Criterion) int {
	if old.Level == Required && new.Level == Required {
		return compareLevels(*new, *old)
	}
	return 0
}

// fewer is positive where fewer pass new, negative where more do. An empty list lets all pass.
func fewer(old, new []string) int {
	switch {
	case len(old) == 0 && len(new) > 0:
		return 1
	case len(new) == 0 && len(old) > 0:
		return -1
	}
	gained, lost := len(without(new, old)) > 0, len(without(old, new)) > 0
	switch {
	case lost && !gained:
		return 1
	case gained && !lost:
		return -1
	}
	return 0
}

// scopes are those whom a criterion applies to.
func scopes(a AppliesTo) []string {
	var all []string
	for _, t := range a.Teams {
		all = append(all, "team "+t)
	}
	for _, c := range a.Components {
		all = append(all, "component "+c)
	}
	slices.Sort(all)
	return all
}

func scope(a AppliesTo) string {
	if !a.narrows() {
		return "all"
	}
	return strings.Join(scopes(a), " and ")
}

// shorter is positive where new is the shorter. No time at all is the longest.
func shorter(old, new time.Duration) int {
	if old == 0 || new == 0 {
		return cmp.Compare(new, old)
	}
	return cmp.Compare(old, new)
}

func timeText(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return shortDuration(d)
}

// differ compares one aspect of two criteria whose texts of it differ.
func (a aspect) differ(old, new *Criterion, before, after string) change {
	c := change{criterion: new.ID, field: a.field, how: changed, old: before, new: after}
	order := 0
	if a.stricter != nil {
		order = a.stricter(old, new)
	}
	switch {
	case before == "":
		c.how = added
	case after == "":
		c.how = takenOut
	case order > 0:
		c.how = a.tighter
	case order < 0:
		c.how = a.looser
	}
	c.relaxes = order < 0
	return c
}
