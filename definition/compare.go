package definition

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The bounds of what a comparison says, so that a report of it has room for other things.
const (
	maxDifferences = 100
	maxDifference  = 300 // letters of one
)

// comparison collects the differences between two definitions.
type comparison struct{ lines []string }

func (c *comparison) say(format string, args ...any) {
	c.lines = append(c.lines, cut(fmt.Sprintf(format, args...)))
}

// said are the differences in the order of the alphabet, each once.
func (c *comparison) said() []string {
	slices.Sort(c.lines)
	c.lines = slices.Compact(c.lines)
	if more := len(c.lines) - maxDifferences; more > 0 {
		c.lines = append(c.lines[:maxDifferences:maxDifferences], fmt.Sprintf("and %d more differences", more))
	}
	return c.lines
}

// Compare says in words what differs between two Nexus-wide layers: "coverage: lines raised from >=80
// to >=85 for all". What asks for less than before says that it is a relaxation; where that cannot be
// told, as of another regular expression, it says changed. Names and texts that are not plain are quoted.
func Compare(old, new *Definition) []string {
	c := &comparison{}
	c.texts(old, new)
	c.people(old.IntegrationTeam, new.IntegrationTeam)
	c.teams(old, new)
	c.nexusCriteria(old, new)
	c.exceptions(old, new)
	return c.said()
}

// CompareTightenings says in words what differs between two versions of a component's layer; nil is
// none. Each begins with what the team does, so that its name goes before: "adds mutation: …".
func CompareTightenings(old, new *Tightening) []string {
	c := &comparison{}
	before, after := old.byID(), new.byID()
	for id, d := range after {
		if earlier, known := before[id]; known {
			c.drafts(earlier, d)
		} else {
			c.say("%s: %s", d.act("adds ", "tightens "), d.brief())
		}
	}
	for id, d := range before {
		if _, still := after[id]; !still {
			c.say("%s: %s", d.act("takes out ", "no longer tightens "), d.brief())
		}
	}
	return c.said()
}

func (t *Tightening) byID() map[string]*draft {
	drafts := map[string]*draft{}
	if t != nil {
		for _, d := range t.drafts {
			drafts[d.id] = d
		}
	}
	return drafts
}

// texts are what a Nexus says beside its teams and criteria.
func (c *comparison) texts(old, new *Definition) {
	c.instead("the Nexus's name", plain(old.Name), plain(new.Name))
	c.instead("the Product Goal", quoted(old.ProductGoal), quoted(new.ProductGoal))
	c.instead("zone", plain(old.Zone.String()), plain(new.Zone.String()))
	c.instead("sprint: the first day", dateText(old.Sprint.Start), dateText(new.Sprint.Start))
	c.instead("sprint: the length in days", daysText(old.Sprint.Days), daysText(new.Sprint.Days))
	c.instead("sprint: the Nexus Sprint Goal", quoted(old.Sprint.Goal), quoted(new.Sprint.Goal))
	switch {
	case new.Longest > old.Longest:
		c.say("longestException lengthened from %d to %d days, a relaxation", old.Longest, new.Longest)
	case new.Longest < old.Longest:
		c.say("longestException shortened from %d to %d days", old.Longest, new.Longest)
	}
	c.release(old.Release, new.Release)
	c.integrated(old.Integration, new.Integration)
	c.backlogged(old.Backlog, new.Backlog)
	c.briefed(old.Briefs, new.Briefs)
}

func dateText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func daysText(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// instead says that one text stands for another; "" is none.
func (c *comparison) instead(what, old, new string) {
	switch {
	case old == new:
	case old == "":
		c.say("%s is now %s", what, new)
	case new == "":
		c.say("%s %s is taken out", what, old)
	default:
		c.say("%s is %s instead of %s", what, new, old)
	}
}

// people are those of the Integration Team.
func (c *comparison) people(old, new IntegrationTeam) {
	c.instead("integrationTeam: the Product Owner", plain(old.ProductOwner), plain(new.ProductOwner))
	c.instead("integrationTeam: the Scrum Master", plain(old.ScrumMaster), plain(new.ScrumMaster))
	c.members("integrationTeam", old.Members, new.Members)
}

func (c *comparison) members(of string, old, new []string) {
	for _, name := range without(new, old) {
		c.say("%s: %s joins", of, plain(name))
	}
	for _, name := range without(old, new) {
		c.say("%s: %s leaves", of, plain(name))
	}
}

// without are the items that others does not have.
func without(items, others []string) []string {
	return slices.DeleteFunc(slices.Clone(items), func(item string) bool { return slices.Contains(others, item) })
}

// teams are those that join, leave or own something else.
func (c *comparison) teams(old, new *Definition) {
	before, after := teamsByName(old), teamsByName(new)
	for name, t := range after {
		earlier, known := before[name]
		if !known {
			c.say("team %s joins%s", plain(name), withComponents(t))
			continue
		}
		c.instead("team "+plain(name)+": the goal", quoted(earlier.Goal), quoted(t.Goal))
		c.members("team "+plain(name), earlier.Members, t.Members)
	}
	for name, t := range before {
		if _, still := after[name]; !still {
			c.say("team %s leaves%s", plain(name), withComponents(t))
		}
	}
	for _, component := range new.All() {
		earlier, known := old.Component(component.Name)
		_, knownTeam := before[component.Team]
		switch {
		case known:
			c.component(earlier, component)
		case knownTeam:
			c.say("component %s joins team %s: %s", component.Name, component.Team, component.home())
		}
	}
	for _, component := range old.All() {
		_, still := new.Component(component.Name)
		if _, stillTeam := after[component.Team]; !still && stillTeam {
			c.say("component %s leaves team %s", component.Name, component.Team)
		}
	}
}

func teamsByName(d *Definition) map[string]Team {
	teams := map[string]Team{}
	for _, t := range d.Teams {
		teams[t.Name] = t
	}
	return teams
}

func withComponents(t Team) string {
	names := make([]string, len(t.Components))
	for i, c := range t.Components {
		names[i] = c.Name
	}
	switch len(names) {
	case 0:
		return " without a component"
	case 1:
		return " with component " + names[0]
	}
	return " with components " + listText(names)
}

func (c *comparison) component(old, new Component) {
	if old.Team != new.Team {
		c.say("component %s moves from team %s to team %s", new.Name, old.Team, new.Team)
	}
	if old.home() != new.home() {
		c.say("component %s is %s instead of %s", new.Name, new.home(), old.home())
	}
}

// home is where a component lies.
func (c Component) home() string {
	text := c.Forge + ":" + c.Repo + "@" + c.Branch
	if c.Path != "" {
		text += ":" + c.Path
	}
	return plain(text)
}

func (c *comparison) exceptions(old, new *Definition) {
	before := map[string]*Exception{}
	for i := range old.Exceptions {
		before[old.Exceptions[i].ID] = &old.Exceptions[i]
	}
	for i := range new.Exceptions {
		e := &new.Exceptions[i]
		if earlier, known := before[e.ID]; known {
			c.exception(earlier, e)
			delete(before, e.ID)
			continue
		}
		c.say("exceptions: %s granted to %s for %s until %s, asked for by %s, approved by %s",
			e.ID, e.who(), plain(e.Criterion), dateText(e.LastDay()), plain(e.RequestedBy), plain(e.ApprovedBy))
	}
	for _, id := range slices.Sorted(maps.Keys(before)) {
		c.say("exceptions: %s taken back", id)
	}
}

// exception says what differs in a grant that stays.
func (c *comparison) exception(old, new *Exception) {
	of := "exceptions: " + new.ID + ": "
	c.instead(of+"the criterion", plain(old.Criterion), plain(new.Criterion))
	c.instead(of+"who has it", old.who(), new.who())
	c.instead(of+"the last day", dateText(old.LastDay()), dateText(new.LastDay()))
	c.instead(of+"the reason", quoted(old.Reason), quoted(new.Reason))
	c.instead(of+"the ticket", plain(old.Ticket), plain(new.Ticket))
	c.instead(of+"who asked for it", plain(old.RequestedBy), plain(new.RequestedBy))
	c.instead(of+"who approved it", plain(old.ApprovedBy), plain(new.ApprovedBy))
}

// who has the exception.
func (e *Exception) who() string {
	return listText(slices.Concat(slices.Sorted(slices.Values(e.Teams)), slices.Sorted(slices.Values(e.Components))))
}

// isPlain says whether a text can stand among words without quotes.
var isPlain = regexp.MustCompile(`^[A-Za-z0-9@._-][A-Za-z0-9@._/:#*-]{0,199}$`).MatchString

// plain is a name as it is, or in quotes where it is none.
func plain(s string) string {
	if s == "" || isPlain(s) {
		return s
	}
	return quoted(s)
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return strconv.Quote(s)
}

// listText is a list in words: a, b and c.
func listText(items []string) string {
	named := make([]string, len(items))
	for i, item := range items {
		named[i] = cmp.Or(plain(item), `""`)
	}
	if n := len(named); n > 1 {
		return strings.Join(named[:n-1], ", ") + " and " + named[n-1]
	}
	return strings.Join(named, "")
}

// cut holds a difference to its length.
func cut(s string) string {
	if utf8.RuneCountInString(s) <= maxDifference {
		return s
	}
	return string([]rune(s)[:maxDifference-1]) + "…"
}
