package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// vetted loads a definition and holds it to what vet asks for. The error tells every fault, a line each.
func vetted(file string, source []byte) (*definition.Definition, error) {
	d, err := load(definition.File{Name: file, Source: source})
	if err != nil {
		return nil, fmt.Errorf("%s has faults; nexusgate vet %s shows them too:\n%w", file, file, err)
	}
	if faults, _ := d.Vet(nil, time.Now()); len(faults) > 0 {
		return nil, fmt.Errorf("%s has faults; nexusgate vet %s shows them too:\n%w", file, file, faults)
	}
	return d, nil
}

// claims are what the Nexuses of one service lay claim to.
type claims struct {
	names  map[string]string // Nexus → its file or home
	places map[string]string // repository, branch and path → Nexus
}

// add refuses what two Nexuses claim: a name, or a path of a repository's branch.
func (c *claims) add(file string, d *definition.Definition) error {
	if other, taken := c.names[d.Name]; taken {
		return fmt.Errorf("%s: the Nexus %s is defined in %s too; give one of them another name", file, d.Name, other)
	}
	for _, component := range d.All() {
		for place, owner := range c.places {
			if overlaps(placeOf(component), place) {
				return fmt.Errorf("%s: %s:%s belongs to the Nexus %s already; a path of a repository belongs to one component of one Nexus",
					component.Pos, component.Forge, component.Repo, owner)
			}
		}
	}
	for _, component := range d.All() {
		c.places[placeOf(component)] = d.Name
	}
	c.names[d.Name] = file
	return nil
}

// placeOf is a component's place as a path, so that one place may lie within another.
func placeOf(c definition.Component) string {
	return strings.ToLower(c.Forge+":"+c.Repo) + "@" + c.Branch + ":/" + c.Path
}

func overlaps(a, b string) bool { return within(a, b) || within(b, a) }

func within(in, out string) bool {
	return in == out || strings.HasPrefix(in, strings.TrimSuffix(out, "/")+"/")
}
