package definition

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// overlay lays a team's draft over a criterion of the Nexus, and holds each field against it.
type overlay struct {
	nexus    *Criterion
	draft    *draft
	team     Criterion // the result
	zone     *time.Location
	standing Standing
	faults   Faults
	warnings Faults
}

// lay returns the tightened criterion: all leaves of both, the stricter level, the shorter times.
func (o *overlay) lay() Criterion {
	o.team = *o.nexus
	o.team.Layer, o.team.Pos = TeamLayer, o.draft.pos
	if len(o.draft.set)+len(o.draft.must) == 0 {
		o.warnings.add(o.draft.pos, "done.%s: it says nothing of the Nexus's criterion (%s); write what it tightens, or remove it", o.draft.id, o.nexus.Pos)
	}
	o.refuseElsewhere()
	o.texts()
	o.level()
	o.trust()
	o.times()
	o.must()
	return o.team
}

// relaxes notes a relaxation: refused in a new file, and a warning in one that the Nexus overtook.
func (o *overlay) relaxes(at Pos, field, team, nexus string, nexusAt Pos) {
	if o.standing == Accepted {
		o.warnings.add(at, "%s: %s is overtaken by %s of the Nexus (%s), and both stay in force; remove it, or write a stricter one", o.draft.path(field), team, nexus, nexusAt)
		return
	}
	o.faults.add(at, "%s: %s relaxes %s of the Nexus (%s), which stays in force; a team only tightens: write a stricter one, or remove it", o.draft.path(field), team, nexus, nexusAt)
}

func (o *overlay) repeats(at Pos, field, team string, nexusAt Pos) {
	o.warnings.add(at, "%s: %s says no more than the Nexus does (%s); remove it", o.draft.path(field), team, nexusAt)
}

// refuseElsewhere refuses what would make the Nexus's rule vanish or look elsewhere.
func (o *overlay) refuseElsewhere() {
	for _, field := range []string{
		"on", "evidence", "name", "atLeast", "paths", "renew", "from.app", "from.workflow",
		"appliesTo.teams", "appliesTo.components",
	} {
		if s, set := o.draft.set[field]; set {
			o.faults.add(s.pos, "%s: where a criterion of the Nexus (%s) looks is not a team's to say; remove it, or write a criterion with an id of your own",
				o.draft.path(field), o.nexus.Pos)
		}
	}
}

// texts adds the team's why and fix to the Nexus's.
func (o *overlay) texts() {
	o.text("why", o.nexus.Why, &o.team.Why)
	o.text("fix", o.nexus.Fix, &o.team.Fix)
}

func (o *overlay) text(field, nexus string, team *string) {
	s, set := o.draft.set[field]
	switch {
	case !set:
	case s.text == nexus:
		o.repeats(s.pos, field, strconv.Quote(s.text), o.nexus.Pos)
	case nexus == "":
		*team = s.text
	default:
		*team = nexus + " " + s.text
	}
}

// level raises the level or brings its day nearer.
func (o *overlay) level() {
	level, leveled := o.draft.set["level"]
	from, dated := o.draft.set["requiredFrom"]
	if !leveled && !dated {
		return
	}
	at, field := level.pos, "level"
	if dated {
		at, field = from.pos, "requiredFrom"
	}
	team := Criterion{Level: Required}
	if leveled {
		team.Level = Level(level.text)
	}
	if dated {
		team.RequiredFrom, _ = ParseDay(from.text, o.zone)
	}
	switch order := compareLevels(team, *o.nexus); {
	case order < 0:
		o.relaxes(at, field, levelText(team), levelText(*o.nexus), o.nexus.Pos)
	case order == 0:
		o.repeats(at, field, levelText(team), o.nexus.Pos)
	default:
		o.team.Level, o.team.RequiredFrom = team.Level, team.RequiredFrom
		o.provable(at)
	}
}

// provable holds that a criterion that the team's level requires can be believed.
func (o *overlay) provable(at Pos) {
	faults := &o.faults
	if o.standing == Accepted {
		faults = &o.warnings
	}
	if err := o.team.provable(); err != nil {
		faults.add(at, "%s: to require it, the Nexus's criterion (%s) has to say who brings it: %s", o.draft.path("level"), o.nexus.Pos, err)
	}
}

// compareLevels is positive where a is the stricter: required before advisory, and the earlier
// day before the later.
func compareLevels(a, b Criterion) int {
	switch {
	case a.Level != b.Level && a.Level == Required:
		return 1
	case a.Level != b.Level:
		return -1
	case a.Level == Advisory:
		return 0
	}
	return b.RequiredFrom.Compare(a.RequiredFrom)
}

func levelText(c Criterion) string {
	if c.RequiredFrom.IsZero() {
		return string(c.Level)
	}
	return string(c.Level) + " from " + c.RequiredFrom.Format(time.DateOnly)
}

// trust raises the floor. Where the Nexus names none, it is Token, and in a file given to judge none.
func (o *overlay) trust() {
	s, set := o.draft.set["from.trust"]
	if !set {
		return
	}
	trust, _ := ParseTrust(s.text)
	nexus := cmp.Or(o.nexus.From.Trust, Token)
	if trust < nexus {
		o.relaxes(s.pos, "from.trust", s.text, nexus.String(), o.nexus.Pos)
		return
	}
	if trust == nexus {
		o.repeats(s.pos, "from.trust", s.text, o.nexus.Pos)
	}
	o.team.From.Trust = trust
}

// times add fresh and within or shorten them.
func (o *overlay) times() {
	o.shorten("fresh", o.nexus.Fresh, &o.team.Fresh)
	o.shorten("within", o.nexus.Within, &o.team.Within)
}

func (o *overlay) shorten(field string, nexus time.Duration, team *time.Duration) {
	s, set := o.draft.set[field]
	if !set {
		return
	}
	length, _ := parseDuration(s.text)
	switch {
	case nexus == 0 || length < nexus:
		*team = length
	case length == nexus:
		o.repeats(s.pos, field, s.text, o.nexus.Pos)
	default:
		o.relaxes(s.pos, field, s.text, shortDuration(nexus), o.nexus.Pos)
	}
}

// must lays the leaves of both layers together.
func (o *overlay) must() {
	o.team.Must = slices.Concat(o.nexus.Must, o.draft.must)
	for i := range o.draft.must {
		o.leaf(&o.draft.must[i])
	}
}
