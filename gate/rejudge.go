package gate

import (
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Rejudging judges a history again under another Nexus, ground by ground in recorded order, each at its
// own moment. It holds the last ground of each component and of some subjects lately heard of, however
// long the history is: what a verdict has in common with the one before is not judged anew.
type Rejudging struct {
	kase  Case // what all parts have in common
	n     *Nexus
	tally *tally
	// components are their parts as they were last judged, for the Increments that are made of them.
	components map[string]*retrial
	young, old map[string]*retrial // of other subjects, by key and component
	said       map[string]wasSaid  // of components, those that the candidate does not have too
	ground     func(verdict string) (Ground, error)
}

// NewRejudging begins with a candidate. The ground of a component's verdict that an Increment rests on,
// and that was not added, is asked for.
func NewRejudging(candidate *Nexus, ground func(verdict string) (Ground, error)) *Rejudging {
	return &Rejudging{
		kase: Case{Floor: definition.Token, Exceptions: candidate.Exceptions}, n: candidate, tally: newTally(),
		components: map[string]*retrial{}, young: map[string]*retrial{}, said: map[string]wasSaid{}, ground: ground,
	}
}

// Sum is what came of all that was added.
func (r *Rejudging) Sum() Hindsight { return r.tally.sum() }

// Add judges one ground again. The evidence behind a reference must stay as it is.
func (r *Rejudging) Add(g *Ground, evidence func(ref string) (*Evidence, error)) error {
	if g.Subject.Kind == OfIncrement {
		return r.addIncrement(g, evidence)
	}
	var all []*retrial
	for i := range g.Parts {
		part := &g.Parts[i]
		if g.Subject.Kind == OfComponent {
			r.said[part.Component] = wasSaid{g.Verdict, g.excepted()}
		}
		t, in := r.retrial(g, part)
		if !in {
			continue
		}
		if err := t.judge(&r.kase, g, part, evidence); err != nil {
			return err
		}
		all = append(all, t)
	}
	if len(all) == 0 {
		r.tally.h.Left++
		return nil
	}
	r.conclude(g, all)
	return nil
}

// conclude compares what the parts of one verdict come to with what it said.
func (r *Rejudging) conclude(g *Ground, all []*retrial) {
	var room [64]*Finding
	var sum weighed
	found := room[:0]
	var unknown map[string]bool
	for _, t := range all {
		found = t.found(found)
		sum = sum.with(t.weighed)
		for _, u := range t.unknown {
			if unknown == nil {
				unknown = map[string]bool{}
			}
			unknown[t.part.Component+" "+u.id] = true
			r.tally.unknown[Unknown{Team: t.part.Team, Criterion: u.id, Why: u.why}]++
		}
	}
	if !sum.required {
		none := noCriterion("", "")
		found, sum = append(found, &none), sum.of(&none)
	}
	r.tally.verdict(g, all[0].part.Team, sum, g.Outcome == Done && g.excepted(), r.tally.compare(g, found, unknown))
}

// unwatched is why a criterion with paths cannot be judged in a history where nothing watched them.
const unwatched = "which commits touched its paths was not kept, for nothing watched them then"

// unintegrated is why a criterion on how a component integrates cannot be judged in such a history.
const unintegrated = "how its component integrated was not kept, for nothing asked for it then"

// retrial is where a part of a verdict is judged again; in is false where the candidate has no such c.
func (r *Rejudging) retrial(g *Ground, part *GroundPart) (t *retrial, in bool) {
	if part.Component == "" {
		return &retrial{}, true // of a change that touches no component
	}
	governed, in := r.n.Component(part.Component)
	if !in {
		return nil, false
	}
	if g.Subject.Kind == OfComponent {
		t = r.components[part.Component]
		if t == nil {
			t = &retrial{governed: governed}
			r.components[part.Component] = t
		}
		return t, true
	}
	return r.lately(g.Subject.Key()+" "+part.Component, governed), true
}

// mostRetrials bounds each of two generations of changes and groups that are remembered.
const mostRetrials = 2048

func (r *Rejudging) lately(key string, governed *Governed) *retrial {
	t := r.young[key]
	if t != nil {
		return t
	}
	if t = r.old[key]; t == nil {
		t = &retrial{governed: governed}
	}
	if len(r.young) >= mostRetrials {
		r.young, r.old = map[string]*retrial{}, r.young
	}
	r.young[key] = t
	return t
}

// addIncrement sums the components up as they would have stood at its moment.
func (r *Rejudging) addIncrement(g *Ground, evidence func(ref string) (*Evidence, error)) error {
	var sum weighed
	own := &retrial{increment: r.n.Increment()}
	for i := range g.Components {
		c := &g.Components[i]
		if _, in := r.n.Component(c.Component); !in || c.Verdict == "" {
			continue
		}
		w, err := r.component(c, g.At)
		if err != nil {
			return err
		}
		sum = sum.with(w)
	}
	for i := range g.Parts {
		if err := own.judge(&r.kase, g, &g.Parts[i], evidence); err != nil {
			return err
		}
	}
	found := own.found(nil)
	if sum = sum.with(own.weighed); !sum.required {
		none := noCriterion("", "")
		found, sum = append(found, &none), sum.of(&none)
	}
	r.tally.verdict(g, "", sum, r.wasExcepted(g), r.tally.compare(g, found, nil))
	return nil
}

// component weighs a component of an Increment at the Increment's moment: with other rules, time may
// have changed it since its own verdict.
func (r *Rejudging) component(c *GroundComponent, now time.Time) (weighed, error) {
	t := r.components[c.Component]
	if t == nil || t.verdict != c.Verdict {
		g, err := r.ground(c.Verdict)
		if err != nil {
			r.tally.unknown[Unknown{Team: c.Team, Why: "what " + c.Component + "'s verdict rested on was not kept"}]++
			return weighed{required: true, unknown: true}, nil
		}
		governed, _ := r.n.Component(c.Component)
		t = &retrial{governed: governed}
		if len(g.Parts) != 1 || g.Parts[0].Component != c.Component {
			return weighed{}, fmt.Errorf("verdict %s is not one on the component %s", c.Verdict, c.Component)
		}
		if err := t.judge(&r.kase, &g, &g.Parts[0], g.Find); err != nil {
			return weighed{}, err
		}
		r.components[c.Component] = t
	}
	t.await(&r.kase, now)
	return t.weighed, nil
}

// wasSaid is whether a component's verdict found something under an exception.
type wasSaid struct {
	verdict  string
	excepted bool
}

// wasExcepted says whether a done Increment rested on exceptions: its own findings, or its components'.
func (r *Rejudging) wasExcepted(g *Ground) bool {
	if g.Outcome != Done || g.excepted() {
		return g.Outcome == Done
	}
	for i := range g.Components {
		c := &g.Components[i]
		if c.Verdict == "" {
			continue
		}
		was := r.said[c.Component]
		if was.verdict != c.Verdict {
			said, err := r.ground(c.Verdict)
			was = wasSaid{c.Verdict, err == nil && said.excepted()}
			r.said[c.Component] = was
		}
		if was.excepted {
			return true
		}
	}
	return false
}

// excepted says whether one of its own findings was under an exception.
func (g *Ground) excepted() bool {
	for i := range g.Said {
		if g.Said[i].Exception != "" {
			return true
		}
	}
	return false
}
