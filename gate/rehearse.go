package gate

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// candidate is a Definition of Done that might come into force.
type candidate struct {
	d      *definition.Definition
	source string
	files  map[string]teamFile // teams' layers that would be others, by component
	void   map[string]string   // exceptions that it brings and that would not be in force, by id, and why
}

// standingCandidate is the one in force.
func (s *State) standingCandidate() candidate {
	return candidate{d: s.nexus.Definition, source: s.inForce.Source, files: map[string]teamFile{}}
}

func (c *candidate) avoid(exception, why string) {
	if c.void == nil {
		c.void = map[string]string{}
	}
	c.void[exception] = why
}

// rehearse judges the components, or those named, and the head Increment by a candidate on the evidence as
// it stands, and says what would turn, and until when time alone does not change that. Nothing of it stays.
func (s *State) rehearse(next candidate, names map[string]bool, now time.Time) (i Impact, until time.Time) {
	r := s.stage(next)
	i.Increment = s.record.Number
	turns := findingTurns{}
	for _, c := range r.nexus.Definition.All() {
		if names != nil && !names[c.Name] {
			r.standings[ofComponent(c.Name).Key()] = s.standings[ofComponent(c.Name).Key()]
			continue
		}
		from, stood := s.standings[ofComponent(c.Name).Key()]
		kase, b := r.componentCase(ofComponent(c.Name), now)
		to := &standing{Verdict: Judge(kase, now)}
		until = earliest(until, b.due(&to.Verdict))
		r.standings[ofComponent(c.Name).Key()] = to
		i.Judged++
		i.turn(ofComponent(c.Name), c.Team, from, to)
		if stood {
			turns.note(from.Verdict.Findings, to.Verdict.Findings, func(f Finding) bool { return f.Component == c.Name })
		} else {
			i.Joining = append(i.Joining, c.Name)
		}
		i.Layers = append(i.Layers, layerTurn(s.nexus, r.nexus, c)...)
	}
	s.asked = append(s.asked, r.asked...)
	s.leaving(&i, r)
	until = earliest(until, s.rehearseSum(&i, r, turns, now))
	i.Findings = turns.sorted()
	return i, until
}

func ofComponent(name string) Subject { return Subject{Kind: OfComponent, ID: name, Name: name} }

// stage is the state as it would be with the candidate in force. What it shares with the state is only read.
func (s *State) stage(next candidate) *State {
	r := s.beside()
	r.standings = map[string]*standing{}
	r.components, r.bound = map[string]*component{}, nil
	for _, c := range next.d.All() {
		known, ok := s.components[c.Name]
		if !ok || known.Defined != defined(c) {
			known = &component{Defined: defined(c), Repo: s.repoNamed(c)}
		}
		r.components[c.Name] = known
	}
	void := s.void(next.d, s.inForce.Brought)
	maps.Copy(void, next.void)
	r.nexus = NewNexus(next.d, next.source, r.layers(next.d, next.files), void)
	return r
}

// beside is the state to judge something by that is not so, or is not judged for good: it is only read, and what is
// looked at on the way is remembered apart.
func (s *State) beside() *State {
	r := *s
	r.watch, r.watching = map[string]map[string]bool{}, map[string][]string{}
	r.wants, r.wanted, r.due = map[string][]Want{}, nil, map[string]time.Time{}
	r.left, r.asked = map[string]bool{}, nil
	r.subject, r.stirred, r.changed = map[string]Subject{}, map[string]Subject{}, map[string]bool{}
	return &r
}

// leaving are the components that the candidate does not name.
func (s *State) leaving(i *Impact, r *State) {
	for _, c := range s.nexus.Definition.All() {
		if _, stays := r.components[c.Name]; stays {
			continue
		}
		i.Leaving = append(i.Leaving, c.Name)
		i.turn(ofComponent(c.Name), c.Team, s.standings[ofComponent(c.Name).Key()], nil)
	}
}

// rehearseSum judges the head Increment: the components as they would be, and its own criteria.
func (s *State) rehearseSum(i *Impact, r *State, turns findingTurns, now time.Time) (until time.Time) {
	subject := s.incrementSubject()
	from, judged := s.standings[subject.Key()]
	if !judged {
		return time.Time{}
	}
	kase, b := r.incrementCase(subject, now)
	to := &standing{Verdict: Judge(kase, now)}
	i.Judged++
	i.turn(subject, "", from, to)
	turns.note(from.Verdict.Findings, to.Verdict.Findings, func(f Finding) bool { return f.Component == "" })
	return b.due(&to.Verdict)
}

// turn notes a subject whose outcome would be another; nil is one that is not there.
func (i *Impact) turn(subject Subject, team string, from, to *standing) {
	t := Turn{Subject: subject, Team: team}
	if from != nil {
		t.From, t.FromUnder = from.Verdict.Outcome, from.Verdict.doneUnder()
	}
	if to != nil {
		t.To, t.ToUnder = to.Verdict.Outcome, to.Verdict.doneUnder()
	}
	if t.From != t.To || (len(t.FromUnder) > 0) != (len(t.ToUnder) > 0) {
		i.Turns = append(i.Turns, t)
	}
}

// layerTurn says how a component's layer would stand otherwise.
func layerTurn(now, next *Nexus, c definition.Component) []LayerTurn {
	before, known := now.Component(c.Name)
	after, _ := next.Component(c.Name)
	if !known {
		return nil
	}
	t := LayerTurn{Component: c.Name, Team: c.Team}
	switch {
	case after.Refused != nil && before.Refused == nil:
		t.Says = append(t.Says, "would be refused: "+clip(after.Refused[0].String(), 500))
	case after.Refused == nil && before.Refused != nil:
		t.Says = append(t.Says, "would be accepted")
	}
	for _, w := range after.Warnings {
		if !slices.ContainsFunc(before.Warnings, func(b definition.Fault) bool { return b.Message == w.Message }) {
			t.Says = append(t.Says, wouldBe(w))
		}
	}
	if len(t.Says) == 0 {
		return nil
	}
	return []LayerTurn{t}
}

// wouldBe says what would become of a layer that is warned of.
func wouldBe(w definition.Fault) string {
	if strings.Contains(w.Message, "overtaken") {
		return "would be overtaken: " + clip(w.String(), 500)
	}
	return "would be warned of: " + clip(w.String(), 500)
}

// layers are the teams' layers as they stand for the components of a definition, with others in the
// place of some.
func (s *State) layers(d *definition.Definition, others map[string]teamFile) map[string]Layer {
	layers := map[string]Layer{}
	for _, c := range d.All() {
		file, replaced := others[c.Name]
		if !replaced {
			file = s.components[c.Name].File
		}
		if !file.Read || file.Absent {
			continue
		}
		layers[c.Name] = s.layerOf(c, file)
		if !replaced {
			s.keepRead(c, layers[c.Name])
		}
	}
	return layers
}
