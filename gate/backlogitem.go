package gate

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// items are those that the Nexus's rules select.
func (r *readout) items() []BacklogItem {
	items := []BacklogItem{}
	if r.s.rules() == nil {
		return items
	}
	for _, key := range sortedKeys(r.s.items) {
		i := r.s.items[key]
		if r.s.inBacklog(i) {
			items = append(items, r.item(key, i))
		}
	}
	slices.SortStableFunc(items, func(a, b BacklogItem) int {
		return cmp.Or(yesLast(b.Open, a.Open), cmp.Compare(a.Repo.String(), b.Repo.String()), cmp.Compare(a.Ref.Number, b.Ref.Number))
	})
	return items[:min(len(items), mostItems)]
}

// inBacklog says whether an item is one of the Product Backlog. On GitHub an issue may have become a pull request.
func (s *State) inBacklog(i *item) bool {
	if i.Last.Number == 0 || i.Last.Gone || !s.keepsItems(i.Last.Repo.Key()) {
		return false
	}
	c := s.changes[changeKey(i.Last.Repo.Key(), i.Last.Number)]
	return (c == nil || c.Last.Number == 0 || i.Last.Repo.Forge != GitHub) && s.rules().Selects(s.labelsOf(i))
}

func (r *readout) item(node string, i *item) BacklogItem {
	rules, labels := r.s.rules(), r.s.labelsOf(i)
	b := BacklogItem{
		Ref: i.Last.ref(), Repo: i.Last.Repo, Title: i.Last.Title, URL: i.Last.URL, Team: r.s.teamOf(i), Sprint: r.sprintOf(i),
		Open: i.Last.Open, Labels: labels, Assignees: i.Last.Assignees, Opened: i.Last.Opened, Closed: i.Last.Closed,
		Changes: r.closers[node], Parent: i.parent(),
	}
	b.Ready = r.bears(i, rules.Ready)
	b.Goal = rules.Goal.By == "" || r.bears(i, rules.Goal)
	if b.Sprint != 0 {
		b.Planned = i.Marks[sprintMark(&i.Last, rules)]
	}
	if b.Team == "" && b.Sprint == 0 && b.Open {
		b.Likely = r.likely(node, labels)
	}
	return b
}

// bears says whether an item bears a mark.
func (r *readout) bears(i *item, m definition.Mark) bool {
	switch m.By {
	case definition.ByLabel:
		_, found := m.Named(r.s.labelsOf(i))
		return found
	case definition.ByMilestone:
		_, found := m.Named([]string{r.s.milestoneOf(i.Last.Repo.Forge, i.Last.Milestone).Title})
		return found
	default:
		return false
	}
}

// sprintOf is the number of an item's Sprint; 0 where it is in none.
func (r *readout) sprintOf(i *item) int {
	rules := r.s.rules()
	if rules == nil {
		return 0
	}
	var m Milestone
	switch rules.Sprint.By {
	case definition.ByMilestone:
		m = r.s.milestoneOf(i.Last.Repo.Forge, i.Last.Milestone)
	case definition.ByIteration:
		m = r.s.milestoneOf(iterations(i.Last.Repo.Forge), i.Last.Iteration)
	case definition.ByLabel:
		name, _ := rules.Sprint.Named(r.s.labelsOf(i))
		m = Milestone{Title: name}
	}
	return sprintNamed(r.s.nexus.Definition, m)
}

var (
	dateInName   = regexp.MustCompile(`\d{4}-\d{2}-\d{2}`)
	numberInName = regexp.MustCompile(`(?:^|[^0-9.])(\d{1,4})(?:$|[^0-9.])`)
	digitsInName = regexp.MustCompile(`\d+`)
)

// sprintNamed is the number of the Sprint that a name means: by a date in it, or by the only number in it, or else by
// the day on which what bears it ends. Without a calendar no item is in a Sprint.
func sprintNamed(d *definition.Definition, m Milestone) int {
	if d.Sprint.Days == 0 || m.Title == "" && m.Due.IsZero() {
		return 0
	}
	if written := dateInName.FindString(m.Title); written != "" {
		if at, err := time.Parse(time.DateOnly, written); err == nil {
			return sprintOn(d, at)
		}
	}
	if only := numberInName.FindStringSubmatch(m.Title); only != nil && len(digitsInName.FindAllString(m.Title, 2)) == 1 {
		n, _ := strconv.Atoi(only[1])
		return n
	}
	if m.Due.IsZero() {
		return 0
	}
	return sprintOn(d, m.Due)
}

// farOff is how far ahead somebody may plan. People write "9999-12-31" for never.
const farOff = 100 * 366 * 24 * time.Hour

// sprintOn is the Sprint of a day of the calendar.
func sprintOn(d *definition.Definition, at time.Time) int {
	if at.Sub(d.Sprint.Start) > farOff {
		return 0
	}
	year, month, day := at.UTC().Date()
	return SprintAt(d, time.Date(year, month, day, 12, 0, 0, 0, d.Zone)).Number
}

// mostLikely bounds the teams that an item may become.
const mostLikely = 3

// likely are the teams whose an item may become: those whose paths the changes touch that are for it, and those that
// did what bears the same labels. Each change and each item is one voice; one that is for the item itself counts
// as much as a hundred.
func (r *readout) likely(node string, labels []string) []string {
	voices := map[string]int{}
	for _, c := range r.closers[node] {
		if c.Team != "" {
			voices[c.Team] += 100
		}
	}
	if r.habits == nil {
		r.learnHabits()
	}
	for _, label := range labels {
		for team, n := range r.habits[label] {
			voices[team] += n
		}
	}
	teams := sortedKeys(voices)
	slices.SortStableFunc(teams, func(a, b string) int { return cmp.Compare(voices[b], voices[a]) })
	return teams[:min(len(teams), mostLikely)]
}

// learnHabits counts which teams did what bears a label: by the paths of the changes that closed it, or else by
// whose it was.
func (r *readout) learnHabits() {
	r.habits = map[string]map[string]int{}
	for _, key := range sortedKeys(r.s.items) {
		i := r.s.items[key]
		if i.Last.Open || i.Last.Number == 0 {
			continue
		}
		var teams []string
		for _, c := range r.closers[key] {
			if c.State == ChangeMerged && c.Team != "" {
				teams = append(teams, c.Team)
			}
		}
		if len(teams) == 0 {
			teams = listOf(r.s.teamOf(i))
		}
		for _, label := range r.s.labelsOf(i) {
			r.habit(label, teams)
		}
	}
}

func (r *readout) habit(label string, teams []string) {
	if r.habits[label] == nil {
		r.habits[label] = map[string]int{}
	}
	for _, team := range teams {
		r.habits[label][team]++
	}
}
