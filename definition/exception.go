package definition

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Exception is a bounded leave to be not done: one criterion, for some components or teams, until a
// day. Only the Nexus-wide layer grants them.
type Exception struct {
	ID                      string
	Criterion               string
	Components, Teams       []string // at least one of them names somebody
	Reason, Ticket          string
	RequestedBy, ApprovedBy string    // two different logins
	Until                   time.Time // the first moment at which it applies no more: the midnight after its last day
	Pos                     Pos
}

// Covers says whether the exception is about a criterion of a component. When it applies is not
// asked here.
func (e *Exception) Covers(criterion, component, team string) bool {
	return e.Criterion == criterion && (slices.Contains(e.Components, component) || slices.Contains(e.Teams, team))
}

// LastDay is the last day that the exception applies.
func (e *Exception) LastDay() time.Time {
	return AddDays(e.Until, -1, e.Until.Location())
}

// TooFar says whether an exception, asked for at a moment, lies further ahead than the definition allows.
func (d *Definition) TooFar(e *Exception, asked time.Time) bool {
	return e.LastDay().After(AddDays(asked.In(d.Zone), d.Longest, d.Zone))
}

// longestException is how many days an exception may lie ahead where the definition does not say less.
const longestException = 30

// exceptions reads the Nexus's exceptions.
func (r *reader) exceptions(nexus map[string]node, d *Definition) {
	d.Longest = longestException
	if n, found := nexus["longestException"]; found {
		s, _ := r.setting("#Nexus", n)
		d.Longest = cmp.Or(s.number, longestException)
	}
	if n, found := nexus["exceptions"]; found {
		for _, n := range r.named(n) {
			d.Exceptions = append(d.Exceptions, r.exception(n, d))
		}
	}
}

func (r *reader) exception(n node, d *Definition) Exception {
	fields := r.fields("#Exception", n)
	text := func(name string) string { return r.text("#Exception", fields, name) }
	e := Exception{
		ID: n.path[len(n.path)-1], Criterion: text("criterion"), Reason: text("reason"), Ticket: text("ticket"),
		RequestedBy: text("requestedBy"), ApprovedBy: text("approvedBy"), Pos: n.pos,
	}
	e.Components, e.Teams = r.texts("#Exception", fields, "components"), r.texts("#Exception", fields, "teams")
	if until := text("until"); until != "" {
		last, err := ParseDay(until, d.Zone)
		if err != nil {
			r.faults.add(fields["until"].pos, "%s: %s", fields["until"], err)
		}
		e.Until = AddDays(last, 1, d.Zone)
	}
	r.checkException(n, fields, &e, d)
	return e
}

// texts reads a field that is a list, and may be absent.
func (r *reader) texts(definition string, fields map[string]node, name string) []string {
	n, found := fields[name]
	if !found {
		return nil
	}
	s, _ := r.setting(definition, n)
	return s.list
}

// checkException holds what the schema cannot say of an exception.
func (r *reader) checkException(n node, fields map[string]node, e *Exception, d *Definition) {
	if len(e.Components)+len(e.Teams) == 0 {
		r.faults.add(n.pos, "%s is for nobody; name its components or its teams", n)
	}
	if e.RequestedBy != "" && maybeSame(e.RequestedBy, e.ApprovedBy) {
		r.faults.add(fields["approvedBy"].pos, "%s: %s asked for it, and nobody approves an exception of their own; have another of the Integration Team approve it", fields["approvedBy"], e.ApprovedBy)
	}
	if e.ApprovedBy != "" && !d.IntegrationTeam.names(e.ApprovedBy) {
		r.faults.add(fields["approvedBy"].pos, "%s: %s is not of the Integration Team; have one of it approve the exception", fields["approvedBy"], e.ApprovedBy)
	}
	for _, name := range e.Components {
		if _, known := d.Component(name); !known {
			r.faults.add(fields["components"].pos, "%s: there is no component %q; %s", fields["components"], name, suggest(name, d.componentNames()))
		}
	}
	for _, name := range e.Teams {
		if !slices.ContainsFunc(d.Teams, func(t Team) bool { return t.Name == name }) {
			r.faults.add(fields["teams"].pos, "%s: there is no team %q; %s", fields["teams"], name, suggest(name, d.teamNames()))
		}
	}
	if why := d.useless(e); e.Criterion != "" && why != "" {
		d.Warnings.add(n.pos, "%s: %s", n, why)
	}
}

// useless says why an exception excepts nothing by the Nexus's own criteria, or "" where it does.
func (d *Definition) useless(e *Exception) string {
	at := slices.IndexFunc(d.Criteria, func(c Criterion) bool { return c.ID == e.Criterion })
	if at < 0 {
		advice := ""
		if near := nearest(e.Criterion, d.criterionIDs()); near != "" {
			advice = "; did you mean " + near + "?"
		}
		return fmt.Sprintf("the Nexus has no criterion %q; the exception is of use only where a team has one of its own%s", e.Criterion, advice)
	}
	c := &d.Criteria[at]
	if c.On == OnIncrement {
		return fmt.Sprintf("%s is on the Increment, which is no component's and no team's, so that the exception excepts nothing; take it out", c.ID)
	}
	for _, component := range d.All() {
		if e.Covers(c.ID, component.Name, component.Team) && c.AppliesTo.Includes(component) {
			return ""
		}
	}
	return fmt.Sprintf("%s applies to none of those that the exception is for, so that it excepts nothing; take it out", c.ID)
}

func (d *Definition) criterionIDs() []string {
	var ids []string
	for i := range d.Criteria {
		ids = append(ids, d.Criteria[i].ID)
	}
	return ids
}

// maybeSame says whether two names may be one person's: a name without a forge is a login on any.
func maybeSame(a, b string) bool {
	forgeA, loginA := cutForge(a)
	forgeB, loginB := cutForge(b)
	return strings.EqualFold(loginA, loginB) && (forgeA == "" || forgeB == "" || strings.EqualFold(forgeA, forgeB))
}

// cutForge takes apart how somebody is named: "github:kim" is kim on one forge, "kim" on any.
func cutForge(name string) (forge, login string) {
	if forge, login, one := strings.Cut(name, ":"); one {
		return forge, login
	}
	return "", name
}

func (d *Definition) componentNames() []string {
	var names []string
	for _, c := range d.All() {
		names = append(names, c.Name)
	}
	return names
}

func (d *Definition) teamNames() []string {
	var names []string
	for _, t := range d.Teams {
		names = append(names, t.Name)
	}
	return names
}
