package gate

import (
	"cmp"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Case is all that a verdict rests on: what is judged, the rules in force, and the evidence.
type Case struct {
	Nexus       string
	Subject     Subject
	Definition  string // digest
	Commit      string
	Increment   string // digest of the composition
	Composition Composition
	Floor       definition.Trust // asked for where a criterion asks for none
	Exceptions  []Exception      // all that the definition grants
	Parts       []Part

	// Of an Increment: what its components share, by the places of their names, nil for one that was not
	// judged yet. Where it is left out, all findings are written anew.
	shares []*share
}

// Part is one component's share of a case, or the Increment's own (Component "").
type Part struct {
	Component, Team string
	On              []definition.On // which criteria judge it; none while there is nothing to judge
	Rules           []definition.Rule
	Dropped         []definition.Rule // of those, what was not asked: its paths are not touched and nothing carries
	Evidence        []Evidence        // about what is judged, joined as Resolve joins it
	Since           time.Time         // when deadlines begin; zero: nothing is ever overdue
	Held            []Finding         // what is known without looking at evidence: a refused file, an unknown head
	// Carry gives the evidence for a criterion whose paths are not touched, or nil where the
	// part's own evidence counts.
	Carry func(*definition.Criterion) *Carried
	// Verdict is the id of a component's verdict, where its findings are held here as those of a part of
	// an Increment.
	Verdict string
}

// Carried is evidence that stands in for a part's own.
type Carried struct {
	Evidence []Evidence
	Since    time.Time
}

// Judge decides a case as of now. It does no I/O and looks at nothing but its arguments: the check,
// the page, the command line and the replay all show this one answer.
func Judge(c Case, now time.Time) Verdict {
	v, _ := c.judge(now)
	return v
}

func (c *Case) judge(now time.Time) (Verdict, spelling) {
	v := Verdict{
		Nexus: c.Nexus, Subject: c.Subject, Definition: c.Definition, Increment: c.Increment,
		Commit: c.Commit, Composition: c.Composition, Exceptions: []string{}, At: now,
	}
	var w spelling
	if c.shares != nil {
		w.shares = c.shares
		v.Findings, w.runs = c.sum(now)
	} else {
		v.Findings = c.find(now).inOrder()
	}
	v.Outcome = outcome(v.Findings)
	v.except(c.Exceptions)
	if c.Subject.Kind == OfIncrement {
		v.Notices = notices(c.Exceptions, v.Findings, now)
	}
	v.ID = w.address(&v)
	return v, w
}

// governed says whether the Nexus itself requires anything of the part today. What a team adds does not
// make up for that: with it or without, the part is not done.
func (p *Part) governed(now time.Time) bool {
	return slices.ContainsFunc(p.Held, func(f Finding) bool { return isRequired(&f) }) || slices.ContainsFunc(p.Rules, func(r definition.Rule) bool {
		return r.Nexus != nil && r.Nexus.RequiredAt(now)
	})
}

// judgeRule is the worse of the two layers: whatever a team's layer says, it can only take away. What
// an exception takes away again is the weight of the finding, and nothing of what it says.
func judgeRule(c *Case, p *Part, rule definition.Rule, now time.Time) Finding {
	f := worseLayer(c, p, rule, now)
	if weight(&f) > 0 {
		except(&f, c.Exceptions, now)
	}
	return f
}

func worseLayer(c *Case, p *Part, rule definition.Rule, now time.Time) Finding {
	if rule.Nexus == nil || rule.Team == nil {
		return examine(p, rule.Main(), c.Floor, now)
	}
	worst, other := examine(p, rule.Nexus, c.Floor, now), examine(p, rule.Team, c.Floor, now)
	if worse(other, worst) {
		worst, other = other, worst
	}
	worst.Wake = earliest(worst.Wake, other.Wake) // time may make the other layer the worse one
	if other.State == worst.State {
		worst.Due = earliest(worst.Due, other.Due)
	}
	if worst.Level != definition.Required {
		worst.RequiredFrom = earliest(worst.RequiredFrom, other.RequiredFrom)
	}
	return worst
}

// worse compares what two findings do to an outcome, then their states, then which is required: a
// criterion that one layer alone requires is required.
func worse(a, b Finding) bool {
	return cmp.Or(cmp.Compare(weight(&a), weight(&b)), cmp.Compare(severity(a.State), severity(b.State))) > 0 ||
		(weight(&a) == weight(&b) && a.State == b.State && isRequired(&a) && !isRequired(&b))
}

// heaviest is the greatest weight, and severest the greatest severity.
const heaviest, severest = 2, 7

// weight is what a finding does to an outcome: nothing, make it wait, or make it not done. Under an
// exception it does nothing.
func weight(f *Finding) int {
	switch {
	case f.Level != definition.Required || f.State == Met || f.Exception != "":
		return 0
	case f.State == Waiting:
		return 1
	default:
		return heaviest
	}
}

// severity ranks the states as FindingStates does: Met 0, Error the greatest. A state not known ranks
// with Error.
func severity(s FindingState) int {
	switch s {
	case Met:
		return 0
	case Waiting:
		return 1
	case Missing:
		return 2
	case Stale:
		return 3
	case Empty:
		return 4
	case Untrusted:
		return 5
	case Unmet:
		return 6
	case Error:
		return severest
	default:
		return severest
	}
}

func outcome(findings []Finding) Outcome {
	most := 0
	for i := range findings {
		most = max(most, weight(&findings[i]))
	}
	return [...]Outcome{Done, Awaiting, NotDone}[most]
}

func isRequired(f *Finding) bool { return f.Level == definition.Required }

// noCriterion is the finding of a part that the Nexus requires nothing of today: unknown is never done.
func noCriterion(component, team string) Finding {
	return Finding{
		Criterion: "definition-of-done", Component: component, Team: team, State: Empty,
		Level: definition.Required, Layer: definition.NexusLayer,
		Why:  "What nothing is required of is not known to be done",
		Want: "at least one criterion that the Nexus requires today",
		Got:  "none",
		Fix:  "add a required criterion to the Nexus's Definition of Done, or bring a requiredFrom nearer",
	}
}

// Due is the next moment at which time alone may change a verdict; zero if it never does.
func (v *Verdict) Due() time.Time {
	var next time.Time
	for i := range v.Findings {
		if wake := v.Findings[i].Wake; wake.After(v.At) {
			next = earliest(next, wake)
		}
	}
	return next
}
