package gate

import "github.com/nexusgate/nexusgate/definition"

// tightened is a team's layer that was read once: a candidate is held against all of them.
type tightened struct {
	source string
	file   string
	t      *definition.Tightening
	err    error
}

// tightening reads a team's layer; nil where there is none.
func (s *State) tightening(c definition.Component, f teamFile) (*definition.Tightening, error) {
	if !f.Read || f.Absent {
		return nil, nil
	}
	name := layerName(c)
	if seen, ok := s.tightened[c.Name]; ok && seen.source == f.Source && seen.file == name {
		return seen.t, seen.err
	}
	return definition.LoadTightening(definition.File{Name: name, Source: []byte(f.Source)})
}

// keepRead keeps how the layer of a component reads that is on its branch.
func (s *State) keepRead(c definition.Component, l Layer) {
	if l.read != nil {
		s.tightened[c.Name] = tightened{source: l.Source, file: l.File, t: l.read.t, err: l.read.err}
	}
}

func layerName(c definition.Component) string { return c.Forge + ":" + c.Repo + ":" + FilePath(c) }

// layerOf is a component's layer as it stands.
func (s *State) layerOf(c definition.Component, f teamFile) Layer {
	l := Layer{
		File:     layerName(c),
		Source:   f.Source,
		Cut:      f.Cut,
		Accepted: f.Accepted != "" && f.Accepted == definition.Digest([]byte(f.Source)),
	}
	if !f.Cut {
		t, err := s.tightening(c, f)
		l.read = &tightened{t: t, err: err}
	}
	return l
}
