package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// componentCommits reads "cart-api=9c1f…", each component once.
func componentCommits(texts []string) (map[string]string, error) {
	all := map[string]string{}
	for _, text := range texts {
		name, commit, ok := strings.Cut(text, "=")
		if !ok || name == "" || len(commit) < 40 {
			return nil, fmt.Errorf("%q: write it as NAME=COMMIT, with the commit whole", text)
		}
		if other, twice := all[name]; twice && other != commit {
			return nil, fmt.Errorf("%s is named twice, at two commits", name)
		}
		all[name] = commit
	}
	return all, nil
}

// readExpected reads a composition: alone, or as what an object calls its composition.
func readExpected(name string) (gate.Composition, error) {
	text, err := readBounded(name)
	if err != nil {
		return nil, err
	}
	if err := unambiguous(text); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var within struct {
		Composition gate.Composition `json:"composition"`
	}
	var alone gate.Composition
	switch {
	case json.Unmarshal(text, &alone) == nil && len(alone) > 0:
		return alone, nil
	case json.Unmarshal(text, &within) == nil && len(within.Composition) > 0:
		return within.Composition, nil
	default:
		return nil, fmt.Errorf(`%s is no composition: want a JSON object of components and their commits, as {"cart-api": "9c1f…"}`, name)
	}
}
