package gate

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
)

// Nexus is one product as it is defined: the Nexus-wide layer, and for each component the rules in
// force with its team's layer over it. It is worked out when a layer changes, and only read after.
type Nexus struct {
	Definition *definition.Definition
	Digest     string // of all that is in force: its Manifest's
	Manifest   Manifest
	Exceptions []Exception // all that the definition grants
	components map[string]*Governed
	increment  []definition.Rule
	summands   []summand
}

// summand is a component as the sum is made of it.
type summand struct {
	name, team string
	key        string // of the subject
	place      int    // among all by name
}

func summandsOf(all []definition.Component) []summand {
	summands, byName := make([]summand, len(all)), make([]*summand, len(all))
	for i, c := range all {
		summands[i] = summand{name: c.Name, team: c.Team, key: ofComponent(c.Name).Key()}
		byName[i] = &summands[i]
	}
	slices.SortFunc(byName, func(a, b *summand) int { return strings.Compare(a.name, b.name) })
	for place, s := range byName {
		s.place = place
	}
	return summands
}

// Governed is a component and the rules it is judged by.
type Governed struct {
	definition.Component
	Rules    []definition.Rule
	Refused  definition.Faults // why the team's layer is refused; the Nexus's rules alone are then in force
	Warnings definition.Faults
}

// FilePath is where the team's layer of a component lies in its repository.
func FilePath(c definition.Component) string { return path.Join(c.Path, ".nexus", "done.cue") }

// Layer is a team's layer as it stands, and whether that very text was accepted before.
type Layer struct {
	File     string
	Source   string
	Accepted bool
	Cut      bool // larger than is read

	read *tightened // the source as it reads, where that is known
}

// NewNexus holds the teams' layers, by component, against the Nexus-wide one. void says of exceptions,
// by id, why they are not in force.
func NewNexus(d *definition.Definition, source string, layers map[string]Layer, void map[string]string) *Nexus {
	n := &Nexus{Definition: d, components: map[string]*Governed{}, increment: d.IncrementRules()}
	n.summands = summandsOf(d.All())
	n.Manifest.Nexus = LayerRef{File: d.File, Digest: digestOf(source)}
	for _, c := range d.All() {
		layer, ok := layers[c.Name]
		g := govern(d, c, layer, ok)
		n.components[c.Name] = g
		if ok && g.Refused == nil {
			n.Manifest.lay(c.Name, layer)
		}
	}
	n.except(d, void)
	n.Digest = n.Manifest.Digest()
	return n
}

func (n *Nexus) except(d *definition.Definition, void map[string]string) {
	for _, e := range d.Exceptions {
		n.Exceptions = append(n.Exceptions, Exception{Exception: e, Void: void[e.ID], Idle: n.isIdle(&e)})
		if why := void[e.ID]; why != "" {
			n.Manifest.avoid(e.ID, why)
		}
	}
}

// isIdle says whether an exception covers no rule of any component.
func (n *Nexus) isIdle(e *definition.Exception) bool {
	for name, g := range n.components {
		if slices.ContainsFunc(g.Rules, func(r definition.Rule) bool {
			return r.Main().On != definition.OnIncrement && e.Covers(r.Main().ID, name, g.Team)
		}) {
			return false
		}
	}
	return true
}

func govern(d *definition.Definition, c definition.Component, layer Layer, present bool) *Governed {
	g := &Governed{Component: c}
	if present {
		g.Rules, g.Warnings, g.Refused = tighten(d, c, layer)
	}
	if !present || g.Refused != nil {
		// The Nexus's rules alone cannot be refused here: they were vetted when they were loaded.
		g.Rules, _, _ = d.Rules(c, nil, definition.New)
	}
	return g
}

func tighten(d *definition.Definition, c definition.Component, layer Layer) (rules []definition.Rule, warnings, refused definition.Faults) {
	if layer.Cut {
		return nil, nil, definition.Faults{{Pos: definition.Pos{File: layer.File, Line: 1, Column: 1}, Message: "the file is larger than 64 KiB; shorten it"}}
	}
	t, err := layer.tightening()
	if err != nil {
		return nil, nil, faultsOf(err)
	}
	standing := definition.New
	if layer.Accepted {
		standing = definition.Accepted
	}
	rules, warnings, err = d.Rules(c, t, standing)
	return rules, warnings, faultsOf(err)
}

func (l Layer) tightening() (*definition.Tightening, error) {
	if l.read != nil {
		return l.read.t, l.read.err
	}
	return definition.LoadTightening(definition.File{Name: l.File, Source: []byte(l.Source)})
}

func faultsOf(err error) definition.Faults {
	if err == nil {
		return nil
	}
	if faults, ok := errors.AsType[definition.Faults](err); ok {
		return faults
	}
	return definition.Faults{{Message: err.Error()}}
}

// Component finds a component and its rules.
func (n *Nexus) Component(name string) (*Governed, bool) {
	g, ok := n.components[name]
	return g, ok
}

// Increment gives the rules on the Increment itself.
func (n *Nexus) Increment() []definition.Rule { return n.increment }
