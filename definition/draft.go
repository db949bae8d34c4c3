package definition

import (
	"fmt"
	"slices"
	"time"
)

// draft is a criterion as one layer writes it: only what is written, and where.
type draft struct {
	id   string
	pos  Pos
	set  map[string]setting // by field: "why", "from.app"
	must []Leaf
}

// setting is what a draft sets a field to.
type setting struct {
	pos    Pos
	text   string
	list   []string // of a list, or the text alone
	number int
	yes    bool
}

func newDraft(id string, pos Pos) *draft {
	return &draft{id: id, pos: pos, set: map[string]setting{}}
}

// path names a field of the draft as faults do.
func (d *draft) path(field string) string { return pathText([]string{"done", d.id}) + "." + field }

// criterion reads what the draft sets; what it leaves out keeps its default.
func (d *draft) criterion(layer Layer, zone *time.Location) (Criterion, Faults) {
	var faults Faults
	c := Criterion{
		ID:        d.id,
		Why:       d.set["why"].text,
		Fix:       d.set["fix"].text,
		On:        On(d.set["on"].text),
		Evidence:  d.set["evidence"].text,
		Name:      d.glob("name", &faults),
		AtLeast:   max(1, d.set["atLeast"].number),
		From:      d.from(&faults),
		Renew:     d.renew(),
		Level:     d.level(),
		AppliesTo: AppliesTo{Teams: d.set["appliesTo.teams"].list, Components: d.set["appliesTo.components"].list},
		Paths:     d.globs("paths", &faults),
		Fresh:     d.duration("fresh", 0, &faults),
		Within:    d.duration("within", defaultWithin, &faults),
		Must:      slices.Clone(d.must),
		Layer:     layer,
		Pos:       d.pos,
	}
	if c.Evidence == SignOff {
		c.Name = d.signedAs(&faults)
	}
	c.RequiredFrom = d.date("requiredFrom", zone, &faults)
	if at, dated := d.set["requiredFrom"]; dated && c.Level == Advisory {
		faults.add(at.pos, "%s: an advisory criterion is required from no day; remove requiredFrom, or the level", d.path("requiredFrom"))
	}
	return c, faults
}

func (d *draft) level() Level {
	if l, set := d.set["level"]; set {
		return Level(l.text)
	}
	return Required
}

// renew is OnChange or nothing: that each commit needs a new sign-off goes without saying.
func (d *draft) renew() On {
	if on := On(d.set["renew"].text); on == OnChange {
		return on
	}
	return ""
}

func (d *draft) from(faults *Faults) From {
	trust, _ := ParseTrust(d.set["from.trust"].text)
	return From{
		App:      d.set["from.app"].list,
		Workflow: d.globs("from.workflow", faults),
		Trust:    trust,
	}
}

func (d *draft) glob(field string, faults *Faults) string {
	d.globs(field, faults)
	return d.set[field].text
}

func (d *draft) globs(field string, faults *Faults) []string {
	s := d.set[field]
	for _, pattern := range s.list {
		if err := checkGlob(pattern); err != nil {
			faults.add(s.pos, "%s: the glob %q %s", d.path(field), pattern, err)
		}
	}
	return s.list
}

func (d *draft) duration(field string, otherwise time.Duration, faults *Faults) time.Duration {
	s, set := d.set[field]
	if !set {
		return otherwise
	}
	length, err := parseDuration(s.text)
	if err != nil {
		faults.add(s.pos, "%s: %s", d.path(field), err)
	}
	return length
}

func (d *draft) date(field string, zone *time.Location, faults *Faults) time.Time {
	s, set := d.set[field]
	if !set {
		return time.Time{}
	}
	day, err := ParseDay(s.text, zone)
	if err != nil {
		faults.add(s.pos, "%s: %s", d.path(field), err)
	}
	return day
}

// complete says what a criterion that stands by itself still lacks.
func (d *draft) complete(c Criterion) Faults {
	var faults Faults
	for _, field := range []string{"why", "on", "evidence"} {
		if d.set[field].text == "" {
			faults.add(d.pos, "%s is missing; a criterion says why, on, evidence and must", d.path(field))
		}
	}
	if len(c.Must) == 0 {
		faults.add(d.pos, "%s names no fact, so that anything would pass; write a leaf such as must: failed: 0", d.path("must"))
	}
	if err := c.provable(); err != nil {
		faults.add(d.pos, "%s: %s", d.path("from.app"), err)
	}
	return faults
}

// provable refuses to require what any workflow with a token can claim, and the word of nobody in particular.
func (c Criterion) provable() error {
	if c.Evidence == SignOff && (c.Level == Required || len(c.From.App) > 0) {
		return c.From.people()
	}
	claimed := c.Evidence == "check" || c.Evidence == "status"
	if claimed && c.Level == Required && len(c.From.App) == 0 {
		return fmt.Errorf("anyone who may write a %s could bring this one; name who does, such as from: app: \"github-actions\"", c.Evidence)
	}
	return nil
}
