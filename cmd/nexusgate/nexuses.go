package main

import (
	"fmt"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
)

// vetted loads a definition and holds it to what vet asks for. The error tells every fault, a line each.
func vetted(file string, source []byte) (*definition.Definition, error) {
	d, err := definition.Load(definition.File{Name: file, Source: source})
	if err != nil {
		return nil, fmt.Errorf("%s has faults; nexusgate vet %s shows them too:\n%w", file, file, err)
	}
	if faults, _ := d.Vet(nil); len(faults) > 0 {
		return nil, fmt.Errorf("%s has faults; nexusgate vet %s shows them too:\n%w", file, file, faults)
	}
	return d, nil
}

// onlyOnce refuses what two Nexuses claim: a name, or a path of a repository's branch.
func onlyOnce(d *definition.Definition, held map[string]string) error {
	if other, taken := held[d.Name]; taken {
		return fmt.Errorf("the Nexus %s is defined twice, here and in %s; give one of them another name", d.Name, other)
	}
	for _, c := range d.All() {
		for place, owner := range held {
			if overlaps(placeOf(c), place) {
				return fmt.Errorf("%s: %s:%s belongs to the Nexus %s already; a path of a repository belongs to one component of one Nexus",
					c.Pos, c.Forge, c.Repo, owner)
			}
		}
	}
	for _, c := range d.All() {
		held[placeOf(c)] = d.Name
	}
	held[d.Name] = d.Name
	return nil
}

// placeOf is a component's place as a path, so that one place may lie within another.
func placeOf(c definition.Component) string {
	return strings.ToLower(c.Forge+":"+c.Repo) + "@" + c.Branch + ":/" + c.Path
}

func overlaps(a, b string) bool {
	within := func(in, out string) bool {
		return in == out || strings.HasPrefix(in, strings.TrimSuffix(out, "/")+"/")
	}
	return within(a, b) || within(b, a)
}
