package gate

import (
	"fmt"

	"github.com/nexusgate/nexusgate/definition"
)

// Rebuild makes the Nexus as it was when a manifest was in force, from the sources that find gives by
// their digests. The rules are those that verdicts of that digest were made by.
func Rebuild(m Manifest, find func(digest string) (DefinitionSource, error)) (*Nexus, error) {
	given, err := find(m.Nexus.Digest)
	if err != nil {
		return nil, fmt.Errorf("finding the definition %s: %w", m.Nexus.File, err)
	}
	d, err := loadLayer(m.Nexus.File, given.Source, given.Settled)
	if err != nil {
		return nil, fmt.Errorf("reading the definition %s as it was: %w", m.Nexus.File, err)
	}
	layers := map[string]Layer{}
	for _, name := range sortedKeys(m.Layers) {
		ref := m.Layers[name]
		source, err := find(ref.Digest)
		if err != nil {
			return nil, fmt.Errorf("finding %s's layer %s: %w", name, ref.File, err)
		}
		layers[name] = Layer{File: ref.File, Source: source.Source, Accepted: true}
	}
	n := NewNexus(d, given.Source, layers, m.Void)
	if n.Digest != m.Digest() {
		return nil, fmt.Errorf("the definition %s does not come out as it was: its digest is %s", m.Digest(), n.Digest)
	}
	return n, nil
}

// loadLayer reads a Nexus-wide layer: from what it computes to where that is known, since a source that
// came from a repository is not computed in this process.
func loadLayer(file, source, settled string) (*definition.Definition, error) {
	f := definition.File{Name: file, Source: []byte(source)}
	if settled != "" {
		return definition.LoadSettled(f, settled)
	}
	return definition.Load(f)
}
