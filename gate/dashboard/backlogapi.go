package dashboard

import (
	"net/http"

	"github.com/nexusgate/nexusgate/gate"
)

// backlogDocument is the Product Backlog as the API shows it.
type backlogDocument struct {
	Nexus       string             `json:"nexus"`
	ProductGoal string             `json:"productGoal,omitempty"`
	Goal        gate.Progress      `json:"goal"`
	Items       []gate.BacklogItem `json:"items"`
}

// dependenciesDocument is what needs what. Two ends of one team are its own affair, and shown as well.
type dependenciesDocument struct {
	Nexus        string            `json:"nexus"`
	Open         int               `json:"open"` // between teams
	Dependencies []gate.Dependency `json:"dependencies"`
	Cycles       [][]gate.Ref      `json:"cycles"`
}

func (d *dashboard) apiBacklog(w http.ResponseWriter, r *http.Request) {
	s, b, f := d.backlog(r)
	if f != nil {
		d.answer(w, r, nil, f)
		return
	}
	chosen, none := filterBy(r.URL, byTeam(s), byComponent(s), byState(itemStates))
	if none != nil {
		d.write(w, r, none.status, none)
		return
	}
	owners, items := repoComponents(s), make([]gate.BacklogItem, 0, len(b.Items))
	for i := range b.Items {
		if item := &b.Items[i]; chosen.owns(item, owners) && chosen.in(itemState(item)) {
			items = append(items, *item)
		}
	}
	d.answer(w, r, backlogDocument{s.Definition.Name, s.Definition.ProductGoal, b.Goal, items}, nil)
}

func (d *dashboard) apiDependencies(w http.ResponseWriter, r *http.Request) {
	s, b, f := d.backlog(r)
	if f != nil {
		d.answer(w, r, nil, f)
		return
	}
	chosen, none := filterBy(r.URL, byTeam(s), byState(dependencyStates))
	if none != nil {
		d.write(w, r, none.status, none)
		return
	}
	doc := dependenciesDocument{Nexus: s.Definition.Name, Dependencies: make([]gate.Dependency, 0, len(b.Dependencies)), Cycles: b.Cycles}
	for i := range b.Dependencies {
		if !chosen.needs(&b.Dependencies[i]) {
			continue
		}
		doc.Dependencies = append(doc.Dependencies, b.Dependencies[i])
		if b.Dependencies[i].Between() {
			doc.Open++
		}
	}
	d.answer(w, r, doc, nil)
}

// backlog finds the backlog of the Nexus that a request names.
func (d *dashboard) backlog(r *http.Request) (gate.Standing, gate.Backlog, *fault) {
	s, ok := d.reader.Standing(r.PathValue("name"))
	if !ok || s.Definition == nil || d.options.Backlog == nil {
		return s, gate.Backlog{}, noNexus(r.PathValue("name"))
	}
	return s, d.options.Backlog(s.Definition.Name), nil
}
