package gate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// because says, a sentence each, why the state is what it is.
func (q *inquiry) because() []string {
	x, a := q.examination(), q.answer()
	says := x.reasons(a)
	if due := q.goodUntil(); !due.IsZero() {
		says = append(says, fmt.Sprintf("It is good until %s (%s left).", clock(due), left(x.now, due)))
	}
	if c := q.counting(); c.differ() && a.evidence != nil {
		says = append(says, fmt.Sprintf("Of the %d that count, the worst decides.", len(c.latest)))
	}
	if a.evidence != nil && a.evidence.Carried != "" {
		says = append(says, q.carried(a.evidence))
	}
	return append(says, q.layered()...)
}

// reasons are those of the answer itself.
func (x examination) reasons(a answer) []string {
	switch a.state {
	case Met:
		return []string{sentence("all that the rule asks for holds: " + a.got)}
	case Unmet:
		return x.refuses(a)
	case Waiting:
		return []string{x.awaits(a)}
	case Missing:
		return []string{
			fmt.Sprintf("The rule gives %s from %s, when this began, and its deadline has passed.", lasting(x.c.Within), clock(x.since)),
			sentence("found: " + a.got),
		}
	case Stale:
		return []string{fmt.Sprintf("It held when it was observed, at %s, and that is good for %s: until %s.",
			clock(a.evidence.Observed), lasting(x.c.Fresh), clock(a.evidence.Observed.Add(x.c.Fresh)))}
	case Empty:
		return []string{sentence("there is evidence, and it says nothing: " + a.got)}
	case Untrusted, Error:
		return []string{sentence(a.got)}
	default:
		return []string{sentence(a.got)}
	}
}

// goodUntil is when what is met grows stale in the first of its layers; zero where it does not.
func (q *inquiry) goodUntil() (due time.Time) {
	for _, a := range q.answers {
		if a.state != Met {
			return time.Time{}
		}
		due = earliest(due, a.due)
	}
	return due
}

// mostLeaves bounds the leaves that are spoken of in sentences; the rule lists them all.
const mostLeaves = 12

// refuses names each leaf that does not admit its fact, and where it stands.
func (x examination) refuses(a answer) (says []string) {
	for _, leaf := range a.failed[:min(len(a.failed), mostLeaves)] {
		fact, ok := leaf.Lookup(a.evidence.grown(x.now))
		place := fmt.Sprintf("%s (%s, %s)", leaf.Text, whoseLayer(leaf.Layer), leaf.Pos)
		if !ok {
			says = append(says, fmt.Sprintf("The evidence says nothing of %s, which has to be %s; a definition never supplies evidence.", leaf.Path, place))
			continue
		}
		says = append(says, fmt.Sprintf("The evidence says %s %s, and it has to be %s.", leaf.Path, showFact(fact), place))
	}
	return says
}

func (x examination) awaits(a answer) string {
	switch {
	case a.underWay():
		return sentence("its producer has started, and not all has come: " + a.got)
	case x.since.IsZero():
		return sentence("it is not known when this began, so that nothing is overdue; found so far: " + a.got)
	default:
		return fmt.Sprintf("There is time until %s (%s left), %s from %s, when this began; found so far: %s.",
			clock(x.deadline()), left(x.now, x.deadline()), lasting(x.c.Within), clock(x.since), a.got)
	}
}

// underWay says whether what is waited for has begun to come, so that no deadline is waited for.
func (a *answer) underWay() bool { return a.evidence != nil && len(a.failed) == 0 }

// carried says by which right the evidence of another commit counts here.
func (q *inquiry) carried(e *Evidence) string {
	why := "its files are the same"
	if c := q.part.Carry; c != nil && c(q.examination().c) != nil {
		why = "nothing since has touched the paths that the rule is about"
	}
	return "The evidence is carried from commit " + brief12(e.Carried) + ": " + why + "."
}

// layered says what the two layers come to, where there are two.
func (q *inquiry) layered() []string {
	if len(q.layers) < 2 {
		return nil
	}
	nexus, team := q.answers[0].state, q.answers[1].state
	if nexus == team {
		return []string{fmt.Sprintf("Both layers were asked, the Nexus's and the team's (%s), and both find it %s.", q.layers[1].c.Pos, nexus)}
	}
	return []string{fmt.Sprintf("Both layers were asked, and the worse counts: by the Nexus's it is %s, by the team's (%s) it is %s.", nexus, q.layers[1].c.Pos, team)}
}

// weighs says what the finding does to the outcome: nothing, where it is met, advisory, not yet
// required or under an exception.
func (e *Explanation) weighs(c *Case, v *Verdict) []string {
	f := &e.Finding
	says := append(e.under(v), e.excepted(c)...)
	switch {
	case f.Exception != "":
	case f.Level != definition.Required && !f.RequiredFrom.IsZero():
		says = append(says, fmt.Sprintf("It is required from %s, and advisory until then: it holds nothing back yet.", day(f.RequiredFrom)))
	case f.Level != definition.Required:
		says = append(says, "It is advisory: it holds nothing back.")
	case f.State == Met:
	case f.State == Waiting:
		says = append(says, "It is required: "+e.Subject.Name+" waits for it.")
	default:
		says = append(says, "It is required: it holds "+e.Subject.Name+" back.")
	}
	return says
}

// under says of the exception that a finding is under what the verdict tells of it.
func (e *Explanation) under(v *Verdict) []string {
	f := &e.Finding
	if f.Exception == "" {
		return nil
	}
	for _, g := range v.Grants {
		if g.ID == f.Exception {
			return []string{fmt.Sprintf("The exception %s excepts it until %s (%s left): asked for by %s, approved by %s, because: %s. It stays %s, and weighs nothing meanwhile.",
				g.ID, day(g.LastDay()), left(e.At, g.Until), g.RequestedBy, g.ApprovedBy, strings.TrimSuffix(g.Reason, "."), f.State)}
		}
	}
	return []string{fmt.Sprintf("It is under the exception %s: it stays %s, and weighs nothing.", f.Exception, f.State)}
}

// excepted tells of the exceptions for the criterion that do not apply.
func (e *Explanation) excepted(c *Case) (says []string) {
	f := &e.Finding
	for i := range c.Exceptions {
		x := &c.Exceptions[i]
		switch covers := x.Covers(f.Criterion, f.Component, f.Team); {
		case !covers || x.ID == f.Exception || f.State == Met || f.Level != definition.Required:
		case x.Void != "":
			says = append(says, fmt.Sprintf("The exception %s is void: %s.", x.ID, x.Void))
		case !x.Applies(f.Criterion, f.Component, f.Team, e.At):
			says = append(says, fmt.Sprintf("The exception %s expired on %s.", x.ID, day(x.LastDay())))
		}
	}
	return says
}

// mend says, a sentence each, what would change the state.
func (q *inquiry) mend() []string {
	x, a := q.examination(), q.answer()
	if a.state == Met {
		if due := q.goodUntil(); !due.IsZero() {
			return []string{"Nothing yet: it is met, and a newer report keeps it so after " + clock(due) + "."}
		}
		return []string{"Nothing: it is met."}
	}
	says := x.remedies(a)
	if s := x.strangers(); s != "" {
		says = append(says, "Evidence from "+asksFor(x.c.From)+": "+strings.TrimPrefix(s, "; ")+".")
	}
	if x.c.Fix != "" && a.state != Waiting {
		says = append(says, sentence(x.c.Fix))
	}
	return says
}

func (x examination) remedies(a answer) (says []string) {
	switch a.state {
	case Unmet:
		for _, leaf := range a.failed[:min(len(a.failed), mostLeaves)] {
			says = append(says, x.c.ID+": "+InWords(leaf.Path+" "+demand(leaf.Text))+currently(leaf, a.evidence.grown(x.now))+".")
		}
		return says
	case Waiting:
		switch {
		case a.underWay():
			return []string{"Nothing is to be done: it is judged again when its producer ends."}
		case x.since.IsZero():
			return []string{"A report: " + x.report() + "."}
		}
		return []string{"A report by " + clock(x.deadline()) + ": " + x.report() + "."}
	case Untrusted:
		if a.evidence.Observed.After(x.now) {
			return []string{"Time: the evidence counts from " + clock(a.evidence.Observed) + ", when it says that it was observed."}
		}
		return []string{"A report of trust " + x.floor.String() + " or more: " + x.report() + "."}
	case Empty:
		return []string{"Evidence that says something: " + x.report() + "."}
	case Stale:
		return []string{"A newer report: " + x.report() + "."}
	case Missing, Met, Error:
		return []string{"A report, late as it is: " + x.report() + "."}
	default:
		return []string{"A report: " + x.report() + "."}
	}
}

// report says in words which report the rule asks for.
func (x examination) report() string {
	said := x.c.Evidence
	if x.c.Name != "" {
		said += " named " + x.c.Name
	}
	if from := asksFor(x.c.From); from != "" {
		said += " from " + from
	}
	leaves := make([]string, min(len(x.c.Must), mostLeaves))
	for i, leaf := range x.c.Must[:len(leaves)] {
		leaves[i] = InWords(leaf.Path + " " + demand(leaf.Text))
	}
	return said + ", with " + strings.Join(slices.Compact(leaves), ", ")
}

// demand puts a bound into words: "at 90 or more". What is no bound of a number stays as it is written.
func demand(text string) string {
	for _, bound := range [...][3]string{{">=", "at ", " or more"}, {"<=", "at ", " or less"}, {">", "above ", ""}, {"<", "below ", ""}} {
		if number, ok := strings.CutPrefix(text, bound[0]); ok && !strings.ContainsAny(number, ` &|"=`) {
			return bound[1] + number + bound[2]
		}
	}
	return text
}

func currently(leaf definition.Leaf, facts Facts) string {
	if fact, ok := leaf.Lookup(facts); ok {
		return " (now " + showFact(fact) + ")"
	}
	return " (now absent)"
}

func whoseLayer(l definition.Layer) string {
	if l == definition.TeamLayer {
		return "the team's"
	}
	return "the Nexus's"
}

// left is how long it is until a moment.
func left(now, until time.Time) string { return Left(until.Sub(now)) }

// Left is how long something is away, in the largest unit that leaves two of it: "31 min", "3 h",
// "54 days". It is rounded down, so that nobody is promised more than there is.
func Left(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return "less than 1 min"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 2*day:
		return fmt.Sprintf("%d h", d/time.Hour)
	default:
		return fmt.Sprintf("%d days", d/day)
	}
}

// sentence writes words as a sentence: a capital before them, a full stop behind.
func sentence(words string) string {
	if words == "" {
		return ""
	}
	if first := words[0]; first >= 'a' && first <= 'z' {
		words = string(first-'a'+'A') + words[1:]
	}
	if strings.ContainsAny(words[len(words)-1:], ".!?") {
		return words
	}
	return words + "."
}

// brief12 is as much of a commit as people tell it apart by.
func brief12(commit string) string { return commit[:min(len(commit), 12)] }
