package dashboard

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// How many of each a page shows.
const (
	findingsShown = 40
	changesShown  = 25
)

// nexusPage shows how a Nexus stands.
type nexusPage struct {
	Name        string
	Standing    gate.Standing
	Says        string // the answer in a sentence
	Ratio       ratio
	Questions   questions
	Back        string // what the lists are of
	Lists       []list // of the head Increment, without what is met
	Forecasts   []gate.Forecast
	Exceptions  []exceptionRow
	Changes     []changeRow
	ChangesSay  string // "1 done, 2 not done, 1 awaited"
	MoreChanges int
	Untaken     []string // what the forges do not take, in words
	Undone      []string // and what they do not do
	Integration []string // how the Increment's own pipeline stands, in words
	Alarms      []string // of releases that are in no done Increment, in words
	Calmed      []string // and those that have ended
	Kiosk       bool
}

// changeRow is an open change.
type changeRow struct {
	gate.ChangeStanding
	Says string // its verdict in a line
}

// nexusCard is a Nexus in the list of all.
type nexusCard struct {
	Name     string
	Standing gate.Standing
	Says     string
	Moves    string
	Ratio    ratio
}

// home shows the only Nexus, or the list of all.
func (d *dashboard) home(w http.ResponseWriter, r *http.Request) {
	names := d.reader.Nexuses()
	if len(names) == 1 {
		d.showNexus(w, r, names[0])
		return
	}
	var cards []nexusCard
	for _, name := range names {
		if s, ok := d.reader.Standing(name); ok && s.Definition != nil {
			cards = append(cards, nexusCard{name, s, says(s), moves(report.Count(s.HeadSays).Holding), newRatio(s.HeadSays)})
		}
	}
	d.render(w, r, http.StatusOK, "nexuses", page{Title: "Nexuses", Live: soon, Crumbs: []crumb{{Name: "Nexuses"}}, Body: cards})
}

func (d *dashboard) nexus(w http.ResponseWriter, r *http.Request) {
	d.showNexus(w, r, r.PathValue("name"))
}

func (d *dashboard) showNexus(w http.ResponseWriter, r *http.Request, name string) {
	s, ok := d.reader.Standing(name)
	if !ok || s.Definition == nil {
		d.refuse(w, r, noNexus(name))
		return
	}
	crumbs := []crumb{{Name: s.Definition.Name}}
	if len(d.reader.Nexuses()) > 1 {
		crumbs = []crumb{{"Nexuses", "/"}, {Name: s.Definition.Name}}
	}
	chosen, none := filterBy(r.URL, byTeam(s), byComponent(s), byState(findingStates))
	if none != nil {
		d.refuseChoice(w, r, s, atNow, none)
		return
	}
	body := newNexusPage(s, d.history(s), d.sight(r, s.Definition.Name, s.Digest, findingsShown), chosen)
	body.Untaken, body.Undone, body.Kiosk = d.untaken(r, name), d.undone(r, name), r.URL.Query().Has("kiosk")
	if body.Kiosk {
		body.Questions.onTheWall()
	}
	p := page{
		Title: report.VerdictMark(s.HeadSays).Word + ": " + s.Definition.Name, Live: soon, Crumbs: crumbs, Body: body,
		Nexus: s.Definition.Name, Here: atNow, Filter: chosen,
	}
	if s.Head.Number > 0 {
		p.API = headPath(name)
	}
	d.render(w, r, http.StatusOK, "nexus", p)
}

// findingStates are those of what is not met, for a filter.
var findingStates = func() (all []option) {
	for _, s := range gate.FindingStates {
		if s != gate.Met {
			all = append(all, option{string(s), report.StateMark(s).Word})
		}
	}
	return all
}()

func newNexusPage(s gate.Standing, was history, look sight, f *filter) nexusPage {
	p := nexusPage{Name: s.Definition.Name, Standing: s, Says: says(s), Questions: ask(s, was, look, f), Ratio: newRatio(s.HeadSays)}
	p.Lists, p.Forecasts = look.lists(chosen(withoutMet(s.HeadSays), f)), gate.Forecasts(s.HeadSays.Findings)
	p.Integration = sayIntegration(s.Integration)
	p.Alarms, p.Calmed = sayAlarms(s.Releases), sayCalmed(s.Releases)
	p.Back = "All that holds it back now"
	if len(p.Lists) > 0 && p.Ratio.All() > 0 && p.Ratio.Not+p.Ratio.Awaited == 0 {
		p.Back = "What is not met, and holds nothing back"
	}
	for _, e := range s.Exceptions {
		p.Exceptions = append(p.Exceptions, newExceptionRow(e, look.places, look.now))
	}
	changes := changesOf(s, f)
	p.ChangesSay = sayChanges(changes)
	shown := min(len(changes), changesShown)
	p.MoreChanges = len(changes) - shown
	for _, c := range changes[:shown] {
		p.Changes = append(p.Changes, changeRow{c, report.Title(c.Says)})
	}
	return p
}

// chosen is a verdict with the findings that a filter asks for.
func chosen(v gate.Verdict, f *filter) gate.Verdict {
	v.Findings = slices.DeleteFunc(v.Findings, func(g gate.Finding) bool { return !f.of(g.Team, g.Component) || !f.in(string(g.State)) })
	return v
}

// changesOf are the open changes of the team and the component that a filter asks for.
func changesOf(s gate.Standing, f *filter) (some []gate.ChangeStanding) {
	for _, c := range s.Changes {
		if (f.Team == "" || c.Team == f.Team) && (f.Component == "" || slices.Contains(c.Components, f.Component)) {
			some = append(some, c)
		}
	}
	return some
}

// withoutMet is a verdict without what is met: the matrix says that, and more shortly.
func withoutMet(v gate.Verdict) gate.Verdict {
	v.Findings = slices.DeleteFunc(slices.Clone(v.Findings), func(f gate.Finding) bool { return f.State == gate.Met })
	return v
}

// says is the answer in a sentence, after the word that is the answer.
func says(s gate.Standing) string {
	if s.Head.Number == 0 {
		return "There is no Integrated Increment yet: the first one is made when the head of every component is known."
	}
	return newRatio(s.HeadSays).Sentence()
}

// sayChanges says how many of the open changes are done: "1 done, 1 done under exceptions, 2 not done, 1 awaited".
func sayChanges(changes []gate.ChangeStanding) string {
	counts := make(map[string]int)
	for _, c := range changes {
		counts[answerOf(c.Says.Outcome, c.Says.Exceptions).Shade]++
	}
	var parts []string
	for _, of := range [...]option{{"done", "done"}, {"excepted", "done under exceptions"}, {"not-done", "not done"}, {"awaiting", "awaited"}} {
		if n := counts[of.Value]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, of.Word))
		}
	}
	return strings.Join(parts, ", ")
}
