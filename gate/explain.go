package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Explain says why one finding of a verdict is what it is. The case is the one that the verdict was
// made of: the finding is looked for again with the very functions that made it, so that what is
// explained is what was judged. With component "" the criterion is that on the Increment, or on the
// only component that has it.
//
// The error of what the verdict does not speak of is a [NotAsked].
func Explain(c Case, v Verdict, criterion, component string) (Explanation, error) {
	f, err := v.about(criterion, component)
	if err != nil {
		return Explanation{}, err
	}
	e := Explanation{Nexus: v.Nexus, Subject: v.Subject, Commit: v.Commit, At: v.At, Finding: f}
	if q := inquire(&c, &f, v.At); q != nil {
		e.Rule, e.Because, e.Mend = clausesOf(q.rule), q.because(), q.mend()
		e.Heard, e.More = q.heard()
	} else {
		e.foundAtOnce(&c)
	}
	e.Because = append(e.Because, e.weighs(&c, &v)...)
	return e, nil
}

// NotAsked says that a verdict speaks of no such criterion or component, and of which it does, the
// nearest first.
type NotAsked string

// Error says so in a sentence.
func (e NotAsked) Error() string { return string(e) }

func notAsked(format string, args ...any) NotAsked { return NotAsked(fmt.Sprintf(format, args...)) }

// about finds what a verdict says of a criterion: where it says several things, the worst.
func (v *Verdict) about(criterion, component string) (Finding, error) {
	of := keep(v.Findings, func(f Finding) bool { return f.Criterion == criterion })
	if len(of) == 0 {
		return Finding{}, notAsked("the verdict on %s has no criterion %q; it has %s", v.Subject.Name, criterion,
			nearestOf(criterion, v.Findings, func(f Finding) string { return f.Criterion }))
	}
	components := named(of)
	if component == "" && len(components) == 1 {
		component = components[0]
	}
	for _, f := range of {
		if f.Component == component {
			return f, nil
		}
	}
	asked := nearestOf(component, of, func(f Finding) string { return f.Component })
	switch {
	case component == "":
		return Finding{}, notAsked("%s is asked of several components; name one of %s", criterion, asked)
	case slices.Contains(named(v.Findings), component):
		return Finding{}, notAsked("%s is not asked of %s; it is of %s", criterion, component, cmp.Or(asked, "the Increment as a whole, of no component"))
	default:
		return Finding{}, notAsked("the verdict on %s has no component %q; it has %s", v.Subject.Name, component,
			nearestOf(component, v.Findings, func(f Finding) string { return f.Component }))
	}
}

// named are the components of findings, each once; "" is the Increment itself.
func named(findings []Finding) []string {
	var names []string
	for _, f := range findings {
		if !slices.Contains(names, f.Component) {
			names = append(names, f.Component)
		}
	}
	return names
}

// mostNamed bounds how many names an error tells.
const mostNamed = 12

func nearestOf(name string, findings []Finding, of func(Finding) string) string {
	var all []string
	for _, f := range findings {
		if n := of(f); n != "" && !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	sorted := definition.NearestFirst(name, all)
	if len(sorted) > mostNamed {
		sorted = append(sorted[:mostNamed], fmt.Sprintf("and %d more", len(all)-mostNamed))
	}
	return strings.Join(sorted, ", ")
}

// inquiry is a rule held once more against the evidence that it was judged on.
type inquiry struct {
	part     *Part
	rule     definition.Rule
	layers   []examination
	answers  []answer
	deciding int // which of the layers gave the finding
}

// inquire finds the rule that gave a finding; nil where none did: what is held back before any
// evidence is looked at has none, nor has what was taken over from another verdict.
func inquire(c *Case, f *Finding, now time.Time) *inquiry {
	for i := range c.Parts {
		p := &c.Parts[i]
		if p.Component != f.Component {
			continue
		}
		for _, rule := range p.Rules {
			if rule.Main().ID != f.Criterion {
				continue
			}
			if q := newInquiry(p, rule, c.Floor, now); q.gave(f) {
				return q
			}
		}
	}
	return nil
}

func newInquiry(p *Part, rule definition.Rule, floor definition.Trust, now time.Time) *inquiry {
	q := &inquiry{part: p, rule: rule}
	var worst Finding
	for _, layer := range layersOf(rule) {
		x := examinationOf(p, layer, floor, now)
		a := x.answer()
		found := x.finding(p, a)
		if worst.Criterion == "" || worse(found, worst) {
			worst, q.deciding = found, len(q.layers)
		}
		q.layers, q.answers = append(q.layers, x), append(q.answers, a)
	}
	return q
}

// layersOf are the layers of a rule, as they are judged.
func layersOf(rule definition.Rule) []*definition.Criterion {
	return keep([]*definition.Criterion{rule.Nexus, rule.Team}, func(c *definition.Criterion) bool { return c != nil })
}

// gave says whether the inquiry comes to what was found.
func (q *inquiry) gave(f *Finding) bool {
	own := q.finding()
	return own.State == f.State && own.Level == f.Level && own.Layer == f.Layer && own.At == f.At && own.Want == f.Want && own.Got == f.Got
}

func (q *inquiry) finding() Finding {
	return q.layers[q.deciding].finding(q.part, q.answers[q.deciding])
}

func (q *inquiry) examination() examination { return q.layers[q.deciding] }

func (q *inquiry) answer() answer { return q.answers[q.deciding] }

// foundAtOnce explains what was found without looking at evidence, from the finding itself.
func (e *Explanation) foundAtOnce(c *Case) {
	f := &e.Finding
	if f.Want != "" {
		e.Rule = []Clause{{Says: f.Want, Layer: f.Layer, At: f.At}}
	}
	e.Because = append(e.Because, sentence("found: "+cmp.Or(f.Got, "nothing")))
	if f.Criterion == definitionCriterion && f.State == Empty {
		e.Because = append(e.Because, yetToCome(c, f.Component, e.At)...)
	}
	if f.Carried != "" {
		e.Because = append(e.Because, "The evidence is carried from commit "+brief12(f.Carried)+".")
	}
	switch {
	case f.State == Met:
		e.Mend = []string{"Nothing: it is met."}
	case f.Fix != "":
		e.Mend = []string{sentence(f.Fix)}
	case f.State == Waiting:
		e.Mend = []string{"Nothing is to be done: it is judged again when what it waits for is known."}
	}
}

// yetToCome tells the criteria of a part that are none today and will be required.
func yetToCome(c *Case, component string, now time.Time) (says []string) {
	for i := range c.Parts {
		for _, rule := range c.Parts[i].Rules {
			for _, layer := range layersOf(rule) {
				if c.Parts[i].Component == component && layer.Level == definition.Required && layer.RequiredFrom.After(now) {
					says = append(says, layer.ID+" is required from "+day(layer.RequiredFrom)+" ("+layer.Pos.String()+").")
				}
			}
		}
	}
	return says
}
