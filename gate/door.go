package gate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Ask is what wants to go out: components at exact commits, a whole Increment, or both.
type Ask struct {
	Nexus       string
	Environment string      // that it goes to, as the forge calls it; "" for none
	Components  Composition // component → commit
	Increment   string      // a composition's digest, or one of the two below; "" with components: any that holds them
}

// The Increments that a question may name besides those of a digest.
const (
	HeadIncrement     = "head" // as it is when the question is answered
	LastDoneIncrement = "last-done"
)

// Answer is what the door in front of a release says. It is open for what is [Done] alone.
type Answer struct {
	Outcome     Outcome
	Needs       definition.Needs
	Increment   int64       // that was judged; 0: none, or components alone
	Digest      string      // of its composition
	Composition Composition // what may go out together
	Verdict     Verdict     // as of now; of several components, the one that holds the others back
	Recorded    string      // id of the last recorded verdict on the Increment, where that says the same
	Why         string      // in a sentence
	Exceptions  []string    // that it rests on, by id
}

// mostJudged bounds the Increments that are judged for one question, the newest first.
const mostJudged = 50

// Door says whether something may go out, as it is judged now: by the evidence that is known, the definition in
// force and the freshness of today. What was done once opens nothing. The Increments are those that may hold what
// is asked for, in any order; the head and the last done one are always looked at. Whatever is not known stays shut:
// what no Increment holds is awaited, since it may yet land.
func (l *Ledger) Door(a Ask, increments []Increment, now time.Time) Answer {
	s, known := l.standingOf(a.Nexus)
	if !known {
		return Answer{Outcome: NotDone, Why: fmt.Sprintf("There is no Nexus %q here.", a.Nexus)}
	}
	d := asking{s: s, ask: a, rule: s.nexus.Definition.Release.Environment(a.Environment), seq: l.seq, now: l.moment(now)}
	if why := d.unfit(); why != "" {
		return d.shut(NotDone, why)
	}
	all := slices.Concat([]Increment{s.record.Head, s.record.LastDone}, increments)
	if d.rule.Needs == definition.NeedsComponent && a.Increment == "" && len(a.Components) > 0 {
		return d.components(all)
	}
	return d.increment(all)
}

// asking is a question at the door while it is answered.
type asking struct {
	s    *State
	ask  Ask
	rule definition.Environment
	seq  int64
	now  time.Time
}

func (d *asking) shut(o Outcome, why string) Answer {
	return Answer{Outcome: o, Needs: d.rule.Needs, Composition: d.ask.Components, Why: why, Exceptions: []string{}}
}

// unfit says what is wrong with the question itself.
func (d *asking) unfit() string {
	for _, name := range sortedKeys(d.ask.Components) {
		if _, of := d.s.nexus.Component(name); !of {
			return fmt.Sprintf("There is no component %q in the Nexus %s.", name, d.ask.Nexus)
		}
		if len(d.rule.Components) > 0 && !slices.Contains(d.rule.Components, name) {
			return fmt.Sprintf("%s is not among what is deployed to %s: the definition names %s.", name, d.ask.Environment, strings.Join(d.rule.Components, ", "))
		}
	}
	return ""
}

// increment finds one that holds all that is asked for, and is done.
func (d *asking) increment(increments []Increment) Answer {
	holding := d.holding(increments)
	if len(holding) == 0 {
		return d.shut(Awaiting, d.nowhere())
	}
	var best Answer
	for i := range holding {
		answer := d.of(holding[i], d.s.judgeAnew(holding[i], d.seq, d.now))
		if answer.Outcome == Done {
			return answer
		}
		if best.Outcome == "" || answer.Outcome == Awaiting && best.Outcome != Awaiting {
			best = answer
		}
	}
	return best
}

// holding are the Increments that hold all that is asked for at exactly those commits, the newest first and each
// composition once.
func (d *asking) holding(increments []Increment) []Increment {
	slices.SortStableFunc(increments, func(a, b Increment) int { return cmp.Compare(b.Number, a.Number) })
	digest := d.digest()
	seen := map[string]bool{}
	return firstOf(mostJudged, keep(increments, func(i Increment) bool {
		if i.Number == 0 || i.Nexus != d.ask.Nexus || len(i.Composition) == 0 || seen[i.Digest] || digest != "" && i.Digest != digest {
			return false
		}
		for name, commit := range d.ask.Components {
			if i.Composition[name] != commit {
				return false
			}
		}
		seen[i.Digest] = true
		return true
	}))
}

// digest is that of the one Increment that is asked for; "" where any will do that holds the components.
func (d *asking) digest() string {
	switch {
	case d.ask.Increment == HeadIncrement, d.ask.Increment == "" && len(d.ask.Components) == 0:
		return cmp.Or(d.s.record.Head.Digest, "none")
	case d.ask.Increment == LastDoneIncrement:
		return cmp.Or(d.s.record.LastDone.Digest, "none")
	default:
		return d.ask.Increment
	}
}

func firstOf[T any](most int, all []T) []T { return all[:min(len(all), most)] }

// nowhere says that no Increment holds what is asked for.
func (d *asking) nowhere() string {
	switch {
	case d.ask.Increment == LastDoneIncrement && d.s.record.LastDone.Number == 0:
		return fmt.Sprintf("%s has no done Increment yet.", d.ask.Nexus)
	case len(d.ask.Components) == 0:
		return fmt.Sprintf("%s has no such Increment.", d.ask.Nexus)
	case d.ask.Increment != "":
		return fmt.Sprintf("The Increment that is asked for does not hold %s.", atCommits(d.ask.Components))
	}
	return fmt.Sprintf("No Increment of %s holds %s.", d.ask.Nexus, atCommits(d.ask.Components))
}

func atCommits(c Composition) string {
	var words []string
	for _, name := range firstOf(mostNamed, sortedKeys(c)) {
		words = append(words, name+" at "+brief12(c[name]))
	}
	if more := len(c) - len(words); more > 0 {
		words = append(words, fmt.Sprintf("%d more", more))
	}
	return strings.Join(words, " together with ")
}

// of is the answer that a verdict on an Increment gives.
func (d *asking) of(i Increment, v Verdict) Answer {
	answer := Answer{
		Outcome: v.Outcome, Needs: definition.NeedsIncrement, Increment: i.Number, Digest: v.Increment,
		Composition: i.Composition, Verdict: v, Exceptions: v.Exceptions,
	}
	if v.Outcome == i.Outcome && slices.Equal(v.Exceptions, append([]string{}, i.Exceptions...)) {
		answer.Recorded = i.Verdict
	}
	answer.Why = d.because(v.Subject.Name, &v)
	return d.allowing(answer)
}

// because says what an outcome is in a sentence.
func (d *asking) because(what string, v *Verdict) string {
	held := keep(v.Findings, func(f Finding) bool { return weight(&f) > 0 })
	switch {
	case v.Outcome == Done && len(v.Exceptions) > 0:
		return what + " is done under exceptions: " + strings.Join(v.Exceptions, ", ") + "."
	case v.Outcome == Done:
		return what + " is done."
	case len(held) == 0:
		return what + " is not known to be done."
	}
	word := "is not done: "
	if v.Outcome == Awaiting {
		word = "is awaited: "
	}
	f := &held[0]
	says := what + " " + word + f.Criterion + " of " + orIncrement(f.Component) + " is " + string(f.State)
	if f.Got != "" {
		says += " (" + clip(f.Got, 200) + ")"
	}
	if more := len(held) - 1; more > 0 {
		says += fmt.Sprintf(", and %d more", more)
	}
	return says + "."
}

func orIncrement(component string) string {
	if component == "" {
		return "the Increment"
	}
	return component
}

// allowing shuts the door for what is done under exceptions, where they are not allowed for.
func (d *asking) allowing(answer Answer) Answer {
	if answer.Outcome == Done && len(answer.Exceptions) > 0 && !d.rule.Exceptions {
		answer.Outcome = NotDone
		answer.Why += " They are refused here."
	}
	return answer
}

// components answers by those that go out alone. Each has to have landed: what is in no Increment is proposed work.
func (d *asking) components(increments []Increment) Answer {
	answer := d.shut(Done, "")
	exceptions := map[string]bool{}
	var says []string
	for _, name := range sortedKeys(d.ask.Components) {
		commit := d.ask.Components[name]
		if !slices.ContainsFunc(increments, func(i Increment) bool { return i.Composition[name] == commit }) {
			return d.shut(Awaiting, fmt.Sprintf("No Increment of %s holds %s.", d.ask.Nexus, atCommits(Composition{name: commit})))
		}
		g, _ := d.s.nexus.Component(name)
		v := d.s.judgeComponent(g, commit, d.seq, d.now)
		if answer.Verdict.ID == "" || worseOutcome(v.Outcome, answer.Outcome) {
			answer.Outcome, answer.Verdict = v.Outcome, v
		}
		if v.Outcome != Done || len(says) == 0 || len(v.Exceptions) > 0 {
			says = append(says, d.because(name+" at "+brief12(commit), &v))
		}
		for _, id := range v.Exceptions {
			exceptions[id] = true
		}
	}
	answer.Why = strings.Join(firstOf(mostNamed, says), " ")
	answer.Exceptions = slices.AppendSeq(answer.Exceptions, maps.Keys(exceptions))
	slices.Sort(answer.Exceptions)
	return d.allowing(answer)
}

// worseOutcome says whether one outcome shuts the door more than another.
func worseOutcome(a, b Outcome) bool {
	rank := func(o Outcome) int { return slices.Index([]Outcome{Done, Awaiting}, o) }
	one, other := rank(a), rank(b)
	return other >= 0 && (one < 0 || one > other)
}
